package io.kubesolo.update.core;

import io.vavr.control.Option;

/** Whether the device booted since the last event. */
public enum Rebooted {
  /** It booted. */
  YES,
  /** It did not boot. */
  NO,
  /** The state file or the kernel does not say when the last event or the present moment is. */
  UNKNOWN;

  /**
   * Compares the moment of the last event with the present one. Some kernels have the same id at
   * every boot, so an uptime that is less than the recorded one is a reboot too.
   *
   * @param recorded the moment of the last event, or none if it is unknown
   * @param now the present moment, or none if it is unknown
   * @return unknown if either moment is, or is a {@linkplain Boot#DATABASE database's}
   */
  public static Rebooted between(Option<Boot> recorded, Option<Boot> now) {
    if (recorded.isEmpty() || now.isEmpty()) {
      return UNKNOWN;
    }
    if (recorded.get().id().equals(Boot.DATABASE) || now.get().id().equals(Boot.DATABASE)) {
      return UNKNOWN;
    }
    boolean sameBoot = recorded.get().id().equals(now.get().id())
        && now.get().uptime().compareTo(recorded.get().uptime()) >= 0;
    return sameBoot ? NO : YES;
  }
}
