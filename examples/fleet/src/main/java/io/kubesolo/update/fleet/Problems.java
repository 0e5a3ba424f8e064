package io.kubesolo.update.fleet;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Refusals and errors as problem documents of RFC 9457. */
@RestControllerAdvice
final class Problems extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  /** Returns the document of a rejected event. */
  static ResponseEntity<ProblemDetail> of(Rejection rejection) {
    String reason = Devices.reason(rejection);
    ProblemDetail problem = problem(status(rejection), reason, rejection.message());
    problem.setProperty("guards", List.of());
    problem.setProperty("permitted", List.of());
    if (rejection instanceof IllegalTransition illegal) {
      problem.setProperty("phase", illegal.phase().wireName());
      problem.setProperty("permitted", names(illegal.permitted()));
    } else if (rejection instanceof GuardDenied denied) {
      problem.setProperty("phase", denied.phase().wireName());
      problem.setProperty(
          "guards", denied.guards().stream().map(Guard::ruleName).toList());
      problem.setProperty("permitted", names(denied.permitted()));
    } else if (rejection instanceof Stale stale) {
      problem.setProperty("phase", stale.state().phase().wireName());
      problem.setProperty("revision", stale.state().revision());
    } else if (rejection instanceof NotPersisted failure) {
      problem.setProperty("outcome", failure.outcome().name().toLowerCase(Locale.ROOT));
    }
    return answer(problem);
  }

  private static HttpStatus status(Rejection rejection) {
    if (rejection instanceof IllegalTransition || rejection instanceof GuardDenied) {
      return HttpStatus.CONFLICT;
    }
    if (rejection instanceof Stale) {
      return HttpStatus.PRECONDITION_FAILED;
    }
    boolean passes = rejection instanceof Busy
        || rejection instanceof NotPersisted
        || (rejection instanceof Unreadable row && !row.repairable());
    return passes ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.INTERNAL_SERVER_ERROR;
  }

  private static List<String> names(List<EventType> types) {
    return types.stream().map(EventType::wireName).toList();
  }

  /** Returns the document of a request that cannot be answered. */
  static ResponseEntity<ProblemDetail> of(HttpStatus status, String reason, String detail) {
    return answer(problem(status, reason, detail));
  }

  static ProblemDetail problem(HttpStatusCode status, String reason, @Nullable String detail) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setType(URI.create("urn:kubesolo:update:" + reason));
    problem.setProperty("reason", reason);
    return problem;
  }

  private static ResponseEntity<ProblemDetail> answer(ProblemDetail problem) {
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(problem.getStatus()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
    if (problem.getStatus() == HttpStatus.SERVICE_UNAVAILABLE.value()) {
      answer.header(HttpHeaders.RETRY_AFTER, "5");
    }
    return answer.body(problem);
  }

  @Override
  protected ResponseEntity<Object> handleMethodArgumentNotValid(
      MethodArgumentNotValidException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    String names = e.getFieldErrors().stream()
        .map(error -> error.getField() + " cannot be '" + error.getRejectedValue() + "'")
        .collect(Collectors.joining("; "));
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem(HttpStatus.BAD_REQUEST, "invalid_request", names));
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> onInvalidValue(IllegalArgumentException e) {
    return of(HttpStatus.BAD_REQUEST, "invalid_request", String.valueOf(e.getMessage()));
  }

  @ExceptionHandler({DataAccessException.class, TransactionException.class})
  ResponseEntity<ProblemDetail> onDatabase(RuntimeException e) {
    LOG.warn("the database failed", e);
    return of(HttpStatus.SERVICE_UNAVAILABLE, "database", "the database failed; send again later");
  }
}
