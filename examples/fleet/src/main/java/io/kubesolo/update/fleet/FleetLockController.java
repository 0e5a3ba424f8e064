package io.kubesolo.update.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.vavr.control.Either;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** The FleetLock protocol of Zincati, below {@code /fleet-lock}, and a view of the locks. */
@RestController
final class FleetLockController {
  private static final int MAX_TEXT = 255;
  private static final Pattern GROUP = Pattern.compile("[a-zA-Z0-9.-]+");

  private final FleetLock lock;

  FleetLockController(FleetLock lock) {
    this.lock = lock;
  }

  @PostMapping({"/fleet-lock/v1/pre-reboot", "/fleet-lock/v1/steady-state"})
  ResponseEntity<?> answer(
      @RequestHeader(name = "fleet-lock-protocol", required = false) @Nullable String protocol,
      HttpServletRequest request)
      throws IOException {
    if (!"true".equals(protocol)) {
      return invalid("the header fleet-lock-protocol is not true");
    }
    Either<String, JsonNode> body =
        EventRequest.object(request.getInputStream().readNBytes(DeviceController.MAX_BODY));
    if (body.isLeft()) {
      return invalid(body.getLeft());
    }
    JsonNode client = body.get().path("client_params");
    String id = client.path("id").textValue();
    String group = client.path("group").textValue();
    if (id == null || id.isEmpty() || id.length() > MAX_TEXT || id.indexOf('\0') >= 0) {
      return invalid("client_params.id is no text of 1 to 255 characters");
    }
    if (group == null || group.length() > MAX_TEXT || !GROUP.matcher(group).matches()) {
      return invalid("client_params.group is no text of 1 to 255 characters a-z A-Z 0-9 . -");
    }
    if (request.getRequestURI().endsWith("/steady-state")) {
      lock.giveBack(group, id);
    } else if (!lock.take(group, id)) {
      return refusal(
          HttpStatus.CONFLICT,
          "failed_lock_semaphore_full",
          "all slots of the group are taken; try again later");
    }
    return ResponseEntity.ok().build();
  }

  @GetMapping("/locks")
  Map<String, List<Map<String, String>>> held() {
    return Map.of("locks", lock.held());
  }

  /** Takes a lock from a device that will not give it back. */
  @DeleteMapping("/locks/{group}/{id}")
  ResponseEntity<Void> remove(@PathVariable("group") String group, @PathVariable("id") String id) {
    lock.giveBack(group, id);
    return ResponseEntity.noContent().build();
  }

  private static ResponseEntity<?> invalid(String value) {
    return refusal(HttpStatus.BAD_REQUEST, "bad_request", value);
  }

  private static ResponseEntity<?> refusal(HttpStatus status, String kind, String value) {
    return ResponseEntity.status(status).body(Map.of("kind", kind, "value", value));
  }
}
