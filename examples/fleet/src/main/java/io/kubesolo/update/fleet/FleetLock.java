package io.kubesolo.update.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * The FleetLock protocol of Zincati, below {@code /fleet-lock}, and a view of the locks: a counting
 * semaphore for each group of devices, in the database. A lock is owned by its device: taking it
 * twice holds it once, and releasing a lock that is not held succeeds.
 *
 * <p>Safe for use by several threads and instances: taking a lock locks the row of its group.
 */
@RestController
final class FleetLock {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_TEXT = 255;
  private static final Pattern GROUP = Pattern.compile("[a-zA-Z0-9.-]+");

  private final JdbcTemplate database;
  private final TransactionTemplate transaction;
  private final FleetProperties properties;

  FleetLock(
      JdbcTemplate database,
      TransactionTemplate transaction,
      FleetProperties properties,
      Schema schema) {
    this.database = database;
    this.transaction = transaction;
    this.properties = properties;
  }

  @PostMapping({"/fleet-lock/v1/pre-reboot", "/fleet-lock/v1/steady-state"})
  ResponseEntity<?> answer(
      @RequestHeader(name = "fleet-lock-protocol", required = false) @Nullable String protocol,
      HttpServletRequest request)
      throws IOException {
    if (!"true".equals(protocol)) {
      return invalid("the header fleet-lock-protocol is not true");
    }
    JsonNode client;
    try {
      byte[] body = request.getInputStream().readNBytes(DeviceController.MAX_BODY);
      client = JSON.readTree(body).path("client_params");
    } catch (JsonProcessingException e) {
      return invalid("the body is not a JSON object");
    }
    String id = client.path("id").textValue();
    String group = client.path("group").textValue();
    if (id == null || id.isEmpty() || id.length() > MAX_TEXT || id.indexOf('\0') >= 0) {
      return invalid("client_params.id is not a text of 1 to 255 characters");
    }
    if (group == null || group.length() > MAX_TEXT || !GROUP.matcher(group).matches()) {
      return invalid("client_params.group is not a text of 1 to 255 characters a-z A-Z 0-9 . -");
    }
    if (request.getRequestURI().endsWith("/steady-state")) {
      giveBack(group, id);
    } else if (!take(group, id)) {
      return refusal(
          HttpStatus.CONFLICT,
          "failed_lock_semaphore_full",
          "all slots of the group are taken; try again later");
    }
    return ResponseEntity.ok().build();
  }

  /** Returns the locks that are held, the oldest first. */
  @GetMapping("/locks")
  Map<String, List<Map<String, String>>> held() {
    return Map.of(
        "locks",
        database.query(
            "SELECT lock_group, id, since FROM fleet_lock ORDER BY since, lock_group, id",
            (row, number) -> Map.of(
                "group", row.getString(1),
                "id", row.getString(2),
                "since", row.getObject(3, OffsetDateTime.class).toInstant().toString())));
  }

  /** Removes the lock of a device that will not release it. */
  @DeleteMapping("/locks/{group}/{id}")
  ResponseEntity<Void> remove(@PathVariable("group") String group, @PathVariable("id") String id) {
    giveBack(group, id);
    return ResponseEntity.noContent().build();
  }

  private static ResponseEntity<?> invalid(String value) {
    return refusal(HttpStatus.BAD_REQUEST, "bad_request", value);
  }

  private static ResponseEntity<?> refusal(HttpStatus status, String kind, String value) {
    return ResponseEntity.status(status).body(Map.of("kind", kind, "value", value));
  }

  /** Takes the lock for a device, and returns whether it is held. */
  private boolean take(String group, String id) {
    return Boolean.TRUE.equals(transaction.execute(status -> {
      database.update(
          "INSERT INTO fleet_lock_group (name) VALUES (?) ON CONFLICT DO NOTHING", group);
      database.queryForObject(
          "SELECT name FROM fleet_lock_group WHERE name = ? FOR UPDATE", String.class, group);
      List<String> holders = database.queryForList(
          "SELECT id FROM fleet_lock WHERE lock_group = ?", String.class, group);
      if (holders.contains(id) || holders.size() >= properties.slots(group)) {
        return holders.contains(id);
      }
      database.update(
          "INSERT INTO fleet_lock (lock_group, id, since) VALUES (?, ?, CURRENT_TIMESTAMP)",
          group,
          id);
      return true;
    }));
  }

  /** Releases the lock of a device. */
  private void giveBack(String group, String id) {
    database.update("DELETE FROM fleet_lock WHERE lock_group = ? AND id = ?", group, id);
  }
}
