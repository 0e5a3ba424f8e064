package io.kubesolo.update.fleet;

import java.sql.SQLException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports without a stack trace that the service cannot start because of its database. */
final class DatabaseFailure extends AbstractFailureAnalyzer<SQLException> {
  @Override
  protected FailureAnalysis analyze(Throwable root, SQLException cause) {
    return new FailureAnalysis(
        "The database cannot be used: " + cause.getMessage(),
        "Check fleet.database, and the user and password of spring.datasource. A file of H2 is"
            + " opened by one instance at a time; PostgreSQL takes any number of them.",
        cause);
  }
}
