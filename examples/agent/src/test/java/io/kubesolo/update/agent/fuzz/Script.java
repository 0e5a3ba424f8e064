package io.kubesolo.update.agent.fuzz;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.diagram.Diagram;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The events of a life as lines that {@code replay} accepts, saved if a promise is broken. */
final class Script {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final List<String> lines = new ArrayList<>();

  /** Creates a script that would be saved in that file, with its diagram beside it. */
  Script(Path file) {
    this.file = file;
  }

  void add(EventType type, Values values, Instant at) {
    ObjectNode line = JSON.createObjectNode().put("event", type.wireName());
    if (type.fields().contains(EventField.TO_VERSION)) {
      line.put("to_version", values.toVersion().get());
    }
    if (type.fields().contains(EventField.RUNNING_VERSION)) {
      line.put("running_version", values.runningVersion().get());
    }
    if (type.fields().contains(EventField.ERROR)) {
      line.put("error", values.error().get());
    }
    if (type.fields().contains(EventField.FORCE)) {
      line.put("force", values.force());
    }
    if (type.fields().contains(EventField.RETRY)) {
      line.put("retry", values.retry());
    }
    lines.add(line.put("at", at.toString()).toString());
  }

  /** Saves the lines, unless there is a shorter script from the same search; says where. */
  String save(UpdateState state) {
    Path diagram = file.resolveSibling(file.getFileName() + ".svg");
    try {
      if (Files.notExists(file) || Files.readAllLines(file).size() >= lines.size()) {
        Files.createDirectories(Option.of(file.getParent()).getOrElse(file));
        Files.write(file, lines);
        Files.writeString(
            diagram,
            Diagram.of(new TableEngine().table()).render(Diagram.Format.SVG, Option.some(state)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "the events are in " + file + ", for update-agent replay, and drawn in " + diagram;
  }
}
