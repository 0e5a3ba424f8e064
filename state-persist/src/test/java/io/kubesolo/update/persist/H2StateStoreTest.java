package io.kubesolo.update.persist;

import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

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
}
