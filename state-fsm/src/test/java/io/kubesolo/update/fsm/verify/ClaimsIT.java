package io.kubesolo.update.fsm.verify;

import static io.kubesolo.update.core.Action.START_ATTEMPT;
import static io.kubesolo.update.core.Action.TAKE_TARGET;
import static io.kubesolo.update.core.EventType.CHECK;
import static io.kubesolo.update.core.EventType.CONFIRM;
import static io.kubesolo.update.core.EventType.DOWNLOAD;
import static io.kubesolo.update.core.EventType.STAGE;
import static io.kubesolo.update.core.Guard.ATTEMPTS_LEFT;
import static io.kubesolo.update.core.Guard.NEW_TARGET;
import static io.kubesolo.update.core.Guard.NOT_ROLLED_BACK;
import static io.kubesolo.update.core.Phase.ACTIVATED;
import static io.kubesolo.update.core.Phase.CHECKING;
import static io.kubesolo.update.core.Phase.DOWNLOADING;
import static io.kubesolo.update.core.Phase.FAILED;
import static io.kubesolo.update.core.Phase.STAGED;
import static io.kubesolo.update.core.Phase.SUCCESS;
import static io.kubesolo.update.core.Phase.VERIFYING;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.fsm.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The claims about the machine hold in the model, and each one is broken by an edge that a test
 * plants for it.
 */
@Tag("prove")
class ClaimsIT {
  @TempDir
  Path directory;

  /**
   * A claim.
   *
   * @param name its name in the model
   * @param environment the option that chooses who sends events
   * @param planted an edge with which it does not hold
   */
  private record Claim(String name, String environment, Edge planted) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Claim> claims() {
    Edge unverified = new Edge(STAGED, CONFIRM, SUCCESS, List.of(), List.of());
    Edge endless = new Edge(VERIFYING, STAGE, STAGED, List.of(), List.of());
    Edge restless = new Edge(CHECKING, CHECK, CHECKING, List.of(), List.of(START_ATTEMPT));
    Edge stuck = new Edge(FAILED, CHECK, FAILED, List.of(), List.of());
    return Stream.of(
        new Claim("success_is_verified", "-DANYONE", unverified),
        new Claim("given_up_is_not_taken_on", "-DANYONE", again(NEW_TARGET, ATTEMPTS_LEFT)),
        new Claim("attempts_are_limited", "-DANYONE", again(NEW_TARGET, NOT_ROLLED_BACK)),
        new Claim("every_attempt_ends", "-DDEVICE", endless),
        new Claim("comes_to_rest", "-DDEVICE", restless),
        new Claim("asks_again", "-DDEVICE", stuck));
  }

  private static Edge again(Guard... guards) {
    return new Edge(ACTIVATED, DOWNLOAD, DOWNLOADING, List.of(guards), List.of(TAKE_TARGET));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-DANYONE", "-DDEVICE"})
  void hold(String environment) throws Exception {
    Spin spin = Spin.compile(directory, edges(), environment);
    for (Claim claim : claims().toList()) {
      if (claim.environment().equals(environment)) {
        assertThat(spin.holds(claim.name())).as(claim.name()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("claims")
  void isBrokenByAnEdgePlantedForIt(Claim claim) throws Exception {
    List<Edge> faulty = new ArrayList<>(edges());
    faulty.add(claim.planted());

    assertThat(Spin.compile(directory, faulty, claim.environment()).holds(claim.name()))
        .isFalse();
  }

  private static List<Edge> edges() {
    return Engine.TABLE.get().table().edges();
  }
}
