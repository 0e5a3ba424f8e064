package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.Reentrant;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.SampleStates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each record becomes JSON by one call, without a wrapper of an Option and with the names of the file. */
class StateJsonTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final UpdateState DOWNLOADING = SampleStates.in(Phase.DOWNLOADING);

  @Test
  void aStateIsOneLineWithTheValuesOfItsFile() throws IOException {
    UpdateState state = StateReader.read(Device.WHOLE.getBytes(UTF_8)).get().state();

    String json = StateJson.of(state);

    assertThat(json.lines()).hasSize(1);
    assertThat(JSON.readTree(json)).isEqualTo(JSON.readTree(StateJson.encode(state)));
    assertThat(StateReader.read(json.getBytes(UTF_8)).get().state()).isEqualTo(state);
  }

  @Test
  void anEntryOfTheHistoryIsWrittenAsInTheFile() {
    UpdateState state = StateReader.read(Device.WHOLE.getBytes(UTF_8)).get().state();

    assertThat(Device.WHOLE).contains(StateJson.of(state.history().get(0)));
  }

  @ParameterizedTest
  @EnumSource(EventType.class)
  void anEventHasItsNameAndTheValuesThatItCarries(EventType type) throws JsonProcessingException {
    JsonNode json = JSON.readTree(StateJson.of(SampleStates.event(type)));

    List<String> members = new ArrayList<>(List.of("event"));
    type.fields().stream().map(EventField::wireName).forEach(members::add);
    assertThat(json.fieldNames()).toIterable().containsExactlyElementsOf(members);
    assertThat(json.get("event").textValue()).isEqualTo(type.wireName());
  }

  @Test
  void valuesOfEventsAreTextAndFlags() {
    assertThat(StateJson.of(new Download("v2 \"é\"", "v1", true)))
        .isEqualTo("{\"event\": \"download\", \"to_version\": \"v2 \\\"é\\\"\","
            + " \"running_version\": \"v1\", \"force\": true}");
    assertThat(StateJson.of(new Rollback("a\u001b[31m\u009b")))
        .isEqualTo(
            "{\"event\": \"rollback\", \"error\": \"a\\u001b[31m\\u009b\", \"retry\": false}");
  }

  @Test
  void aTransitionHasItsEventAndBothStatesWithoutHistory() {
    UpdateState before = SampleStates.in(Phase.CHECKING);

    assertThat(StateJson.of(new Transition(before, new Stage(), DOWNLOADING)))
        .isEqualTo("{\"event\": {\"event\": \"stage\"}, \"before\": "
            + brief().replace("downloading", "checking")
            + ", \"after\": "
            + brief()
            + "}");
  }

  @Test
  void aRejectionHasItsReasonItsMessageAndItsValues() {
    UpdateEvent check = new Check();
    List<EventType> permitted = List.of(EventType.STAGE, EventType.FAIL);
    expect(
        new IllegalTransition(Phase.DOWNLOADING, check, permitted),
        "illegal_transition",
        "\"phase\": \"downloading\", \"event\": {\"event\": \"check\"},"
            + " \"permitted\": [\"stage\", \"fail\"]");
    expect(
        new GuardDenied(
            Phase.DOWNLOADING,
            check,
            Stream.of(Guard.NEW_TARGET, Guard.ATTEMPTS_LEFT)
                .map(guard -> new Denial(guard, DOWNLOADING, 3))
                .toList(),
            permitted),
        "guard_denied",
        "\"phase\": \"downloading\", \"event\": {\"event\": \"check\"},"
            + " \"guards\": [\"newTarget\", \"attemptsLeft\"], \"permitted\": [\"stage\", \"fail\"]");
    expect(
        new Stale(check, 5, DOWNLOADING),
        "stale",
        "\"phase\": \"downloading\", \"event\": {\"event\": \"check\"}, \"if_revision\": 5, \"state\": "
            + brief());
    expect(new Reentrant(check), "reentrant", "\"event\": {\"event\": \"check\"}");
    expect(
        new Unreadable("/s", "is empty", true),
        "unreadable",
        "\"path\": \"/s\", \"problem\": \"is empty\", \"repairable\": true");
    expect(
        new NotPersisted("/s", "full", Outcome.UNKNOWN),
        "not_persisted",
        "\"path\": \"/s\", \"problem\": \"full\", \"outcome\": \"unknown\"");
    expect(new Busy("/s.lock", "held"), "busy", "\"path\": \"/s.lock\", \"problem\": \"held\"");
  }

  private static void expect(Rejection rejection, String reason, String values) {
    assertThat(StateJson.of(rejection))
        .isEqualTo("{\"reason\": \"%s\", \"message\": %s, %s}"
            .formatted(reason, StateJson.quote(rejection.message()), values));
  }

  private static String brief() {
    String then = Rfc3339.format(SampleStates.THEN);
    return "{\"phase\": \"downloading\", \"from_version\": \"v1\", \"to_version\": \"v2\","
        + " \"started_at\": \"%s\", \"updated_at\": \"%s\",".formatted(then, then)
        + " \"attempt_count\": 1, \"revision\": 7}";
  }
}
