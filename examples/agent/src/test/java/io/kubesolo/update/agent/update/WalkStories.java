package io.kubesolo.update.agent.update;

import java.util.ArrayList;
import java.util.List;

/** The lives of a few devices. */
final class WalkStories {
  static final List<String> STAGED = List.of(DeviceWalk.BOOT, "healthcheck", "apply v2");
  static final List<String> ON_TRIAL = then(STAGED, "activate", DeviceWalk.BOOT);
  static final List<String> GOOD_UPDATE = then(ON_TRIAL, "healthcheck");
  static final List<String> SICK_UPDATE = then(ON_TRIAL, "healthcheck, sick", DeviceWalk.BOOT);

  /** A slot that does not boot; the boot loader falls back. */
  static final List<String> FALL_BACK =
      then(STAGED, "activate", DeviceWalk.FIVE_BOOTS, "check v1", "healthcheck");

  /** Both versions are given up, each after a check that the other one passed. */
  static final List<String> BOTH_GIVEN_UP = then(
      GOOD_UPDATE,
      "apply v1",
      "activate",
      DeviceWalk.BOOT,
      "healthcheck",
      "rollback",
      DeviceWalk.BOOT,
      "healthcheck, sick",
      DeviceWalk.BOOT,
      "healthcheck",
      "apply v2",
      "activate",
      DeviceWalk.BOOT,
      "healthcheck, sick");

  static final List<List<String>> UNUSUAL = List.of(
      SICK_UPDATE,
      FALL_BACK,
      BOTH_GIVEN_UP,
      then(GOOD_UPDATE, "rollback", DeviceWalk.BOOT),
      then(GOOD_UPDATE, DeviceWalk.SWITCH_BY_HAND, DeviceWalk.BOOT, "healthcheck, sick"));

  private WalkStories() {}

  static List<String> then(List<String> story, String... more) {
    List<String> longer = new ArrayList<>(story);
    longer.addAll(List.of(more));
    return longer;
  }
}
