package io.kubesolo.update.fleet;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Writer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;

/** Reports what Tomcat refuses before a controller sees it, such as an invalid header. */
public final class ProblemValve extends ErrorReportValve {
  private static final JsonMapper JSON = JsonMapper.builder()
      .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
      .build();

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    String detail = failure == null ? response.getMessage() : failure.getMessage();
    ProblemDetail problem = Problems.problem(
        HttpStatusCode.valueOf(status),
        status == 500 ? "internal_error" : "invalid_request",
        status == 500 ? "see the service's log" : detail);
    try {
      response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      response.setCharacterEncoding("UTF-8");
      Writer writer = response.getReporter();
      if (writer != null) {
        writer.write(JSON.writeValueAsString(problem));
      }
    } catch (IOException e) {
      container.getLogger().debug("the client is gone", e);
    }
  }
}
