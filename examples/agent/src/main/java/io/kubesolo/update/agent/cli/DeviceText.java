package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.monitor.DeviceStatus;
import io.kubesolo.update.agent.monitor.DeviceStatus.BootProblem;
import io.vavr.control.Option;

/** The first rows of a status: what runs on the device, and what boots next. */
final class DeviceText {
  private final DeviceView device;
  private final Output output;

  DeviceText(DeviceView device, Output output) {
    this.device = device;
    this.output = output;
  }

  void print() {
    Option<String> problem = device.problem();
    if (problem.isDefined()) {
      output.row("runs", StatusText.VALUE_COLUMN, "unknown: " + problem.get(), Style.RED);
    }
    for (DeviceStatus status : device.status()) {
      String version = status.version().orElse("an unknown version");
      row("runs", version + " in slot " + status.slot() + goodness(status));
      row("next boot", nextBoot(status));
    }
    for (String fault : device.faults()) {
      output.row("wrong", StatusText.VALUE_COLUMN, fault, Style.RED);
    }
  }

  private static String goodness(DeviceStatus status) {
    if (status.next().isEmpty() || status.next().get() != status.slot()) {
      return "";
    }
    return status.isGood() ? ", marked good" : ", not marked good yet";
  }

  private static String nextBoot(DeviceStatus status) {
    if (status.bootProblem().isPresent()) {
      BootProblem problem = status.bootProblem().get();
      return "unknown: " + problem.words()
          + (problem.isReplaced() ? "; the next healthcheck writes a new one" : "");
    }
    String slot = "slot " + status.next().get();
    return status.nextVersion().isEmpty()
        ? slot
        : slot + " with " + status.nextVersion().get();
  }

  private void row(String name, String value) {
    output.row(name, StatusText.VALUE_COLUMN, value, null);
  }
}
