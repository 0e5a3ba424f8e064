package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Any list with entries that cannot be read, through any events. A model of the lists, as text,
 * gives the exact content of the file after each event.
 */
final class UnreadableEntriesProperties {
  private static final List<String> UNREADABLE = List.of(
      "null",
      "true",
      "-0",
      "1.10",
      "1e999999999",
      "9".repeat(400),
      "[]",
      "[ \"v1\",2 ]",
      "{}",
      "{\"version\":\"v1\"}",
      "{ \"at\" :\"2026-01-02T03:04:05Z\" , \"event\":1}",
      "{\"a\":[{\"b\" : \"] , }\"}],\"a\":\"\\u0041\\ud800\"}");

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void noEntryThatCannotBeReadIsLostAndAllOthersCount(
      @ForAll("versions") List<String> versions,
      @ForAll("history") List<String> history,
      @ForAll @Size(max = 30) List<@IntRange(max = 11) Integer> events) {
    List<String> versionsModel = new ArrayList<>(versions);
    List<String> historyModel = new ArrayList<>(history);
    byte[] bytes = file(versions, history);
    for (int event : events) {
      Document found = StateReader.read(bytes).get();
      UpdateState after = rollBack(found.state(), "v" + event);
      Document next = found.with(after);
      bytes = StateJson.encode(next);
      remember(versionsModel, "\"v" + event + "\"");
      for (int i = after.history().size() - 2; i < after.history().size(); i++) {
        append(historyModel, StateJson.of(after.history().get(i)), Edge.MAX_HISTORY);
      }
      assertThat(new String(bytes, UTF_8))
          .contains("\n  \"rolled_back_versions\": [" + String.join(", ", versionsModel)
              + "],\n  \"history\": [\n    " + String.join(",\n    ", historyModel) + "\n  ]\n}\n");
      assertThat(StateReader.read(bytes).get()).isEqualTo(next);
    }
  }

  /** Models the action {@code rememberRollback}, which changes nothing if the version is last. */
  private static void remember(List<String> model, String version) {
    List<String> read =
        model.stream().filter(each -> !UNREADABLE.contains(each)).toList();
    if (read.lastIndexOf(version) < read.size() - 1 || read.isEmpty()) {
      model.removeIf(version::equals);
      append(model, version, Action.MAX_ROLLED_BACK_VERSIONS);
    }
  }

  /** Appends an entry, and removes the oldest ones that can be read if they are too many. */
  private static void append(List<String> model, String entry, int most) {
    model.add(entry);
    while (model.stream().filter(each -> !UNREADABLE.contains(each)).count() > most) {
      model.remove(
          model.stream().filter(each -> !UNREADABLE.contains(each)).findFirst().orElseThrow());
    }
  }

  private static UpdateState rollBack(UpdateState before, String version) {
    EventContext context = new EventContext(Device.NOW, Option.none(), 0);
    UpdateEvent download = new UpdateEvent.Download(version, "v");
    UpdateEvent rollback = new UpdateEvent.Rollback("e");
    Edge take = new Edge(
        before.phase(), download.type(), Phase.DOWNLOADING, List.of(), List.of(Action.TAKE_TARGET));
    Edge back = new Edge(
        Phase.DOWNLOADING,
        rollback.type(),
        Phase.ROLLED_BACK,
        List.of(),
        List.of(Action.RECORD_ERROR, Action.REMEMBER_ROLLBACK));
    return back.take(take.take(before, download, context), rollback, context);
  }

  private static byte[] file(List<String> versions, List<String> history) {
    return ("{\"phase\":\"idle\",\"rolled_back_versions\":[ " + String.join("\n,", versions)
            + "],\"history\":[" + String.join(" , ", history) + " ]}")
        .getBytes(UTF_8);
  }

  @Provide
  static Arbitrary<List<String>> versions() {
    Arbitrary<String> read = Arbitraries.integers().between(0, 11).map(i -> "\"v" + i + "\"");
    return Arbitraries.oneOf(read, Arbitraries.of(UNREADABLE))
        .list()
        .ofMaxSize(Action.MAX_ROLLED_BACK_VERSIONS)
        .map(list -> list.stream()
            .filter(
                each -> UNREADABLE.contains(each) || list.indexOf(each) == list.lastIndexOf(each))
            .toList());
  }

  @Provide
  static Arbitrary<List<String>> history() {
    Arbitrary<String> read = Arbitraries.integers()
        .between(0, 99)
        .map(i ->
            "{\"at\": \"2026-01-02T03:04:05Z\", \"event\": \"e\", \"from\": \"f\", \"to\": \"t\","
                + " \"n\": " + i + ".0}");
    return Arbitraries.oneOf(read, Arbitraries.of(UNREADABLE)).list().ofMaxSize(Edge.MAX_HISTORY);
  }
}
