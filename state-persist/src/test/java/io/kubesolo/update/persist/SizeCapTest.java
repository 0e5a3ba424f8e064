package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No file is written that could not be read back. */
final class SizeCapTest {
  private static final int CAP = 1 << 20;

  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  /**
   * Returns a file of a size, idle, with that many entries of history, filled up with a foreign
   * key.
   */
  private Device holding(int size, int entries) throws IOException {
    StringBuilder history = new StringBuilder();
    for (int i = 0; i < entries; i++) {
      history
          .append(i == 0 ? "" : ",")
          .append("\n    {\"at\": \"2026-01-02T03:04:05Z\", \"event\": \"e\",")
          .append(" \"from\": \"f\", \"to\": \"t\", \"n\": ")
          .append(i)
          .append('}');
    }
    String start = """
        {
          "phase": "idle",
          "started_at": "2026-01-02T03:04:05Z",
          "updated_at": "2026-01-02T03:04:05.67Z",
          "attempt_count": 0,
          "revision": 1,
          "history": [%s%s],
          "x": \"""".formatted(history, entries == 0 ? "" : "\n  ");
    return device().holding(start + "x".repeat(size - start.length() - 4) + "\"\n}\n");
  }

  @Test
  void writesUpToTheCapAndReadsItBack() throws IOException {
    holding(CAP, 3);
    UpdateState written = Device.persist(device().file(), Device::counted).get();
    assertThat(Files.size(device().path())).isEqualTo(CAP);
    assertThat(written.history()).hasSize(3);
    assertThat(device().state()).isEqualTo(written);
  }

  @Test
  void dropsTheOldestHistoryAndReturnsWhatCanBeReadBack() throws IOException {
    holding(CAP - 4_000, Edge.MAX_HISTORY);
    List<HistoryEntry> before = device().state().history();
    Device.send(device().file(), new UpdateEvent.Check(), Phase.CHECKING);
    UpdateState written = Device.send(
        device().file(),
        new UpdateEvent.Fail("x".repeat(4_096)),
        Phase.FAILED,
        Action.RECORD_ERROR);
    assertThat(written.history()).isEmpty();
    assertThat(device().state()).isEqualTo(written).extracting("revision").isEqualTo(3L);
    assertThat(before).hasSize(Edge.MAX_HISTORY);
  }

  @Test
  void dropsNoMoreThanNecessary() throws IOException {
    holding(CAP, Edge.MAX_HISTORY);
    UpdateState before = device().state();
    UpdateState written = Device.send(device().file(), new UpdateEvent.Check(), Phase.CHECKING);
    int kept = written.history().size();
    assertThat(kept).isBetween(1, Edge.MAX_HISTORY - 1);
    assertThat(written.history())
        .isEqualTo(before.history().subList(Edge.MAX_HISTORY - kept, Edge.MAX_HISTORY));
    assertThat(device().state()).isEqualTo(written);
    assertThat(device().text()).contains("\"n\": 19}").doesNotContain("\"n\": 0}");
    int entry = device().text().indexOf("\"n\": 19}") - device().text().indexOf("\"n\": 18}");
    assertThat(Files.size(device().path())).isBetween((long) CAP - entry, (long) CAP);
  }

  @Test
  void leavesTheFileIfItIsTooLargeEvenWithoutHistory() throws IOException {
    holding(CAP, 0);
    Device.persist(device().file(), Device::counted).get();
    Map<String, String> before = device().entries();
    UpdateState old = device().state();
    Either<Rejection, UpdateState> answer = Device.persist(
        device().file(),
        state -> Device.counted(state).toBuilder().phase(Phase.CHECKING).build());
    String problem =
        "the new state is larger than 1 MiB; remove what other programs keep in the file";
    assertThat(answer)
        .isEqualTo(Either.left(new NotPersisted(device().path().toString(), problem, Outcome.OLD)));
    assertThat(answer.getLeft().message())
        .isEqualTo(device().path() + ": " + problem + "; the old state is kept");
    assertThat(device().entries()).isEqualTo(before);
    assertThat(device().state()).isEqualTo(old);
  }

  @Test
  void countsBytesAndNotCharacters() throws IOException {
    String start = "{\"phase\":\"idle\",\"x\":\"";
    device().holding(start + "é".repeat((CAP - start.length() - 2) / 2) + "\"}");
    Map<String, String> before = device().entries();
    assertThat(Device.persist(device().file(), Device::counted).getLeft())
        .isInstanceOf(NotPersisted.class);
    before.put("state.json.lock", String.valueOf(device().entries().get("state.json.lock")));
    assertThat(device().entries()).isEqualTo(before);
  }
}
