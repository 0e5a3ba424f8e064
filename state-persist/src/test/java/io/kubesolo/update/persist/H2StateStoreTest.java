package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.UpdateEvent.Check;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** {@link SqlStateStore} on H2. */
class H2StateStoreTest extends SqlStateStoreContract {
  private static final JdbcDataSource SOURCE = new JdbcDataSource();

  static {
    SOURCE.setURL("jdbc:h2:mem:update;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1");
  }

  @Override
  DataSource source() {
    return SOURCE;
  }

  @Test
  void itsOwnModeIsReportedWithTheModeThatIsNeeded() throws SQLException {
    JdbcDataSource own = new JdbcDataSource();
    own.setURL("jdbc:h2:mem:own;DB_CLOSE_DELAY=-1");
    try (Connection connection = own.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : SqlStateStore.SCHEMA) {
        statement.execute(sql);
      }
    }
    assertThat(open(new SqlStateStore(own, "own")).send(new Check()).getLeft().message())
        .contains("PostgreSQL, or H2 with MODE=PostgreSQL in its URL");
  }
}
