package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.persist.StateJson;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where the update stands, as JSON for other programs. */
public final class StatusReport {
  private StatusReport() {}

  /** An object: the state as in the file, and what follows from it at this moment. */
  public static String of(StatusSnapshot standing) {
    Map<String, Object> members = lasting(standing);
    standing.age().forEach(age -> members.put("age_s", seconds(age)));
    return object(standing, members);
  }

  /** The same of two reports that differ by their age only. */
  static String etag(StatusSnapshot standing) {
    byte[] lasting = object(standing, lasting(standing)).getBytes(UTF_8);
    Sha256 sha256 = new Sha256();
    sha256.update(ByteBuffer.wrap(lasting));
    return "W/\"" + sha256.digits() + '"';
  }

  private static Map<String, Object> lasting(StatusSnapshot standing) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put(
        "permitted", standing.permitted().stream().map(EventType::wireName).toList());
    members.put("max_attempts", standing.settings().maxAttempts());
    members.put("overdue", standing.overdue().isDefined());
    standing.limit().forEach(limit -> members.put("deadline_s", seconds(limit)));
    standing
        .overdue()
        .map(Overdue::event)
        .forEach(due -> members.put("due", due.type().wireName()));
    return members;
  }

  private static String object(StatusSnapshot standing, Map<String, Object> members) {
    String state = new String(StateJson.encode(standing.state()), UTF_8).stripTrailing();
    return "{\"state\": " + state + ",\n" + JsonObject.write(members).substring(1) + "\n";
  }

  /** To the millisecond, and without needless digits. */
  private static BigDecimal seconds(Duration duration) {
    BigDecimal seconds = BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros();
    return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
  }
}
