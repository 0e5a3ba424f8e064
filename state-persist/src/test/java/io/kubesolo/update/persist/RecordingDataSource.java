package io.kubesolo.update.persist;

import io.vavr.control.Option;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source that records the calls of its connections and statements, and that can answer as a
 * PostgreSQL server with given settings. For one thread.
 */
final class RecordingDataSource {
  private final DataSource real;
  private final List<String> calls = new ArrayList<>();
  private Option<String> settings = Option.none();

  RecordingDataSource(DataSource real) {
    this.real = real;
  }

  /** Answers from now on as a PostgreSQL server with these settings. */
  void answerAsPostgres(String fsync, String synchronousCommit) {
    settings = Option.some("SELECT '" + fsync + "', '" + synchronousCommit + "'");
  }

  /** Returns the calls since the last time they were taken: the method, and its first argument. */
  List<String> takeCalls() {
    List<String> taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  DataSource proxy() {
    return wrap(DataSource.class, real);
  }

  private <T> T wrap(Class<T> type, Object target) {
    return FaultyDataSource.proxy(
        type, (proxy, method, arguments) -> invoke(target, method, arguments));
  }

  private @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() != Object.class) {
      calls.add(method.getName() + (arguments == null ? "" : " " + arguments[0]));
    }
    if (settings.isDefined() && method.getName().equals("getDatabaseProductName")) {
      return "PostgreSQL";
    }
    Object[] given = arguments;
    if (given != null && String.valueOf(given[0]).contains("current_setting")) {
      given = new Object[] {settings.get()};
    }
    Object result = FaultyDataSource.call(target, method, given);
    for (Class<?> type :
        List.of(Connection.class, PreparedStatement.class, DatabaseMetaData.class)) {
      if (result != null && type.equals(method.getReturnType())) {
        return wrap(type, result);
      }
    }
    return result;
  }
}
