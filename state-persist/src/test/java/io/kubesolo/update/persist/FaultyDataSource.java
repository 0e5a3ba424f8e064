package io.kubesolo.update.persist;

import io.vavr.control.Option;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source whose connection is lost at the n-th call to the driver. For one thread. */
final class FaultyDataSource {
  private static final List<Class<?>> COUNTED =
      List.of(DataSource.class, Connection.class, PreparedStatement.class, ResultSet.class);

  private final DataSource real;
  private int callsLeft;
  private boolean made;
  private Option<String> at = Option.none();
  private boolean down;
  private Supplier<Throwable> loss = () -> new SQLException("the connection is lost", "08006");
  private boolean lost;
  private boolean failed;

  FaultyDataSource(DataSource real) {
    this.real = real;
  }

  /** Loses the connection at a call, counted from now; before the call, or after it was made. */
  void failAt(int call, boolean afterTheCall) {
    callsLeft = call;
    made = afterTheCall;
  }

  /** Loses the connection at the next commit; before it, or after it was made. */
  void failAtCommit(boolean afterTheCall) {
    failAt("commit", afterTheCall);
  }

  /** Loses the connection at the next call of a method of it; before the call, or after it was made. */
  void failAt(String method, boolean afterTheCall) {
    at = Option.some(method);
    made = afterTheCall;
  }

  /** Changes what is thrown when the connection is lost; some pools throw an unchecked exception. */
  void throwInstead(Supplier<Throwable> thrown) {
    loss = thrown;
  }

  /** Accepts no connection until it is up again. */
  void setDown(boolean isDown) {
    down = isDown;
  }

  /** Returns whether the call was reached. */
  boolean hasFailed() {
    return failed;
  }

  DataSource proxy() {
    return wrap(DataSource.class, real);
  }

  /**
   * Returns a data source whose connections have an isolation level.
   *
   * @param givenBack receives the level that each connection has when it is closed
   */
  static DataSource isolated(DataSource real, int isolation, IntConsumer givenBack) {
    return proxy(DataSource.class, (proxy, method, arguments) -> {
      Object result = call(real, method, arguments);
      if (!(result instanceof Connection connection)) {
        return result;
      }
      connection.setTransactionIsolation(isolation);
      return proxy(Connection.class, (wrapper, called, values) -> {
        if (called.getName().equals("close") && !connection.isClosed()) {
          givenBack.accept(connection.getTransactionIsolation());
        }
        return call(connection, called, values);
      });
    });
  }

  private <T> T wrap(Class<T> type, Object target) {
    return proxy(type, (proxy, method, arguments) -> invoke(target, method, arguments));
  }

  static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(
        FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    boolean declares = List.of(method.getExceptionTypes()).contains(SQLException.class);
    if (declares && target == real) {
      if (down) {
        throw new SQLException("the server is down", "08001");
      }
      lost = false;
    }
    if (declares && lost) {
      close(target);
      throw new SQLException("the connection is lost", "08006");
    }
    boolean chosen = target instanceof Connection && at.contains(method.getName());
    if (chosen || (declares && callsLeft > 0 && --callsLeft == 0)) {
      at = Option.none();
      failed = true;
      lost = true;
      if (made) {
        call(target, method, arguments);
      }
      throw loss.get();
    }
    Object result = call(target, method, arguments);
    for (Class<?> type : COUNTED) {
      if (result != null && type.equals(method.getReturnType())) {
        return wrap(type, result);
      }
    }
    return result;
  }

  /** Closes a connection, whose transaction the database rolls back. */
  private static void close(Object target) throws SQLException {
    if (target instanceof Connection connection && !connection.isClosed()) {
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      connection.close();
    }
  }

  static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
