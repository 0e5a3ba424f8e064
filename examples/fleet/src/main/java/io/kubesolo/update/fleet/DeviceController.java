package io.kubesolo.update.fleet;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.fleet.Devices.Device;
import io.kubesolo.update.fleet.FleetQuery.Filter;
import io.kubesolo.update.fleet.FleetQuery.Page;
import io.kubesolo.update.persist.EventLine;
import io.vavr.control.Either;
import io.vavr.control.Option;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The devices: lists and counts, the state of one, and the events that are sent for it. */
@RestController
final class DeviceController {
  /** The longest body. An event needs far less: an error is cut to 4,096 characters. */
  static final int MAX_BODY = 64 * 1024;

  private static final Pattern REVISION = Pattern.compile("\"(\\d{1,18})\"");
  private static final int MAX_LIMIT = 1000;

  private final Devices devices;
  private final FleetQuery query;

  DeviceController(Devices devices, FleetQuery query) {
    this.devices = devices;
    this.query = query;
  }

  @GetMapping("/devices")
  Page list(
      Filter filter,
      @RequestParam(name = "after", defaultValue = "") String after,
      @RequestParam(name = "limit", defaultValue = "100") int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit is 1 to " + MAX_LIMIT);
    }
    return query.list(filter, after, limit);
  }

  @GetMapping("/counts")
  Map<String, Object> count(
      Filter filter, @RequestParam(name = "by", defaultValue = "phase") List<String> by) {
    return Map.of("counts", query.count(filter, by.stream().distinct().toList()));
  }

  @GetMapping("/devices/{id}")
  ResponseEntity<?> read(@PathVariable("id") String id) {
    Either<StoreFailure, Device> read = devices.read(id);
    if (read.exists(device -> device.state().revision() == 0)) {
      return Problems.of(
          HttpStatus.NOT_FOUND, "unknown_device", "no event was accepted for this device yet");
    }
    return read.fold(Problems::of, DeviceController::answer);
  }

  @PostMapping("/devices/{id}/events")
  ResponseEntity<?> send(
      @PathVariable("id") String id,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      HttpServletRequest request)
      throws IOException {
    byte[] body = request.getInputStream().readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      return Problems.of(
          HttpStatus.PAYLOAD_TOO_LARGE, "invalid_event", "the body is larger than " + MAX_BODY);
    }
    Either<String, EventLine> event = EventLine.parse(body);
    if (event.isLeft()) {
      return Problems.of(HttpStatus.BAD_REQUEST, "invalid_event", event.getLeft());
    }
    return devices
        .send(id, event.get().event(), revision(ifMatch))
        .fold(Problems::of, DeviceController::answer);
  }

  /** Returns the revision in an entity tag. */
  private static Option<Long> revision(@Nullable String ifMatch) {
    if (ifMatch == null) {
      return Option.none();
    }
    Matcher tag = REVISION.matcher(ifMatch.strip());
    if (!tag.matches()) {
      throw new IllegalArgumentException("If-Match is not one revision in quotes, such as \"12\"");
    }
    return Option.some(Long.parseLong(tag.group(1)));
  }

  private static ResponseEntity<?> answer(Device device) {
    return ResponseEntity.ok().eTag("" + device.state().revision()).body(device.json());
  }
}
