package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After a rollback the older agent must keep what the newer one wrote. */
final class UnknownKeysTest {
  private static final List<String> MEMBERS = List.of(
      "\"z\": 1e400",
      "\"a\": 1.10",
      "\"minus\": -0",
      "\"minus_float\": -0.0E+00",
      "\"big\": 12345678901234567890",
      "\"bigger\": " + "9".repeat(5_000),
      "\"tiny\": 1e-999999999999",
      "\"\": \"\"",
      "\"null\": null",
      "\"yes\": true",
      "\"nested\": {\"b\": [1.0, {}, [[ ]], {\"b\": 2,\"b\": 3}],\n    \"a\"  :\t0}",
      "\"escapes\": \"\\u0041\\/\\n\\\\\\\"\\u00e9 é \\ud83d\\ude00 😀\"",
      "\"half\": \"\\ud800\"",
      "\"halves\": [\"\\uDBFF\", \"\\ud83d\\ud83d\"]",
      "\"\\u0061b\": 1",
      "\"ключ 鍵 😀\": \"] } , \\\" :\"",
      "\"quote\\\"in\\\\name\": {}",
      "\"HISTORY\": [0]",
      "\"Boot\": 0");

  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  private static String among(String... members) {
    return "{\n  " + String.join(",\n  ", members) + "\n}\n";
  }

  @Test
  void keepsEveryOtherMemberToTheLetterAndInOrderThroughSeveralEvents() throws IOException {
    String unknown = String.join(",\n  ", MEMBERS);
    device().holding(among("\"phase\": \"idle\"", unknown));
    StateFile file = device().file();
    Device.send(file, new UpdateEvent.Check(), Phase.CHECKING, Action.START_ATTEMPT);
    UpdateEvent download = new UpdateEvent.Download("v2", "v1");
    Device.send(file, download, Phase.DOWNLOADING, Action.TAKE_TARGET);
    Device.send(file, new UpdateEvent.Stage(), Phase.STAGED);
    Device.send(file, new UpdateEvent.Fail("e"), Phase.FAILED, Action.RECORD_ERROR);
    Device.send(file, new UpdateEvent.Acknowledge(), Phase.IDLE, Action.CLEAR_ERROR);
    assertThat(device().text()).endsWith("\n  ],\n  " + unknown + "\n}\n");
    assertThat(device().state().revision()).isEqualTo(5);
    assertThat(device().file().read().get().warnings()).isEmpty();
  }

  @Test
  void movesOtherMembersAfterOursInTheirOrder() throws IOException {
    device().holding("{\"z\":1,\"phase\":\"idle\"\n,\"y\" :\t2 ,\"attempt_count\":0, \"x\":[3\n]}");
    Device.persist(device().file(), Device::counted);
    assertThat(device().text())
        .endsWith("\"history\": [],\n  \"z\": 1,\n  \"y\": 2,\n  \"x\": [3\n]\n}\n");
  }

  @Test
  void keepsOtherMembersWhenItMakesTheFirstWriteAfterTheSeed() throws IOException {
    device()
        .holding(among("\"phase\": \"idle\"", "\"attempt_count\": 0", "\"newer\": {\"k\": 1.0}"));
    Device.persist(device().file(), Device::counted);
    Device.persist(device().file(), Device::counted);
    assertThat(device().text()).contains("\n  \"newer\": {\"k\": 1.0}\n");
  }

  @Test
  void keepsTheMembersThatANewerAgentGaveItsHistoryEntries() throws IOException {
    String newer =
        "{\"at\": \"2026-01-02T05:04:05.000+02:00\", \"event\": \"pause\", \"from\": \"idle\","
            + " \"to\": \"paused\", \"cost\": 1.10, \"big\": 1e400, \"n\": -0, \"why\": {\"a\": [1, {\"b\":"
            + " \"x,y:{\\\"\\u0041\"}], \"a\": null}, \"half\": \"\\ud800\"}";
    String ours =
        "{\"at\": \"2026-01-02T03:04:05Z\", \"event\": \"acknowledge\", \"from\": \"failed\","
            + " \"to\": \"idle\"}";
    device()
        .holding(among(
            "\"phase\": \"idle\"",
            "\"revision\": 3",
            "\"history\": [ " + newer.replace(", ", " ,\n\t") + " ,\r\n" + ours + "]"));
    assertThat(device().file().read().get().warnings()).isEmpty();
    StateFile file = device().file();
    Device.send(file, new UpdateEvent.Check(), Phase.CHECKING);
    Device.send(file, new UpdateEvent.Fail("e"), Phase.FAILED, Action.RECORD_ERROR);
    String third =
        "{\"at\": \"2026-03-04T05:06:07.89Z\", \"event\": \"fail\", \"from\": \"checking\","
            + " \"to\": \"failed\", \"error\": \"e\"}";
    assertThat(device().text())
        .contains("\"history\": [\n    " + newer + ",\n    " + ours + ",\n    " + third + "\n  ]");
  }

  @Test
  void keepsTextInAHistoryEntryThatLooksLikeStructure() throws IOException {
    String entry =
        "{\"at\": \"2026-01-02T03:04:05Z\", \"event\": \"e\", \"from\": \"f\", \"to\": \"t\","
            + " \"x\": \"a,b:{[]}\\\\\\\" c\", \"y\": [\"]\", \"\\\\\"]}";
    device()
        .holding("{\"phase\":\"idle\",\"history\":["
            + entry.replace(", \"", ",\"").replace("\": ", "\":") + "]}");
    Device.persist(device().file(), Device::counted);
    assertThat(device().text()).contains("\n    " + entry + "\n");
  }

  @Test
  void dropsTheEntriesOfANewerAgentInTheirOrder() throws IOException {
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < Edge.MAX_HISTORY; i++) {
      entries
          .append(i == 0 ? "" : ", ")
          .append("{\"at\": \"2026-01-02T03:04:05Z\", \"event\":")
          .append(" \"e\", \"from\": \"f\", \"to\": \"t\", \"n\": ")
          .append(i)
          .append(".0}");
    }
    device().holding(among("\"phase\": \"failed\"", "\"history\": [" + entries + "]"));
    Device.send(device().file(), new UpdateEvent.Acknowledge(), Phase.IDLE, Action.CLEAR_ERROR);
    assertThat(device().text()).doesNotContain("\"n\": 0.0").contains("\"n\": 1.0", "\"n\": 19.0");
    assertThat(device().state().history()).hasSize(Edge.MAX_HISTORY);
  }

  @Test
  void distinguishesEqualEntries() throws IOException {
    String entry =
        "{\"at\": \"2026-01-02T03:04:05Z\", \"event\": \"e\", \"from\": \"f\", \"to\": \"t\"";
    device()
        .holding(among(
            "\"phase\": \"idle\"",
            "\"history\": [" + entry + ", \"n\": 1}, " + entry + ", \"n\": 2}]"));
    Device.persist(device().file(), Device::counted);
    assertThat(device().text()).contains(entry + ", \"n\": 1},\n    " + entry + ", \"n\": 2}\n");
  }
}
