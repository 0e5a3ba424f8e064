package io.kubesolo.update.core;

import static io.kubesolo.update.core.EventField.ERROR;
import static io.kubesolo.update.core.EventField.FORCE;
import static io.kubesolo.update.core.EventField.RETRY;
import static io.kubesolo.update.core.EventField.RUNNING_VERSION;
import static io.kubesolo.update.core.EventField.TO_VERSION;

import io.vavr.control.Option;
import java.util.List;

/** The type of an {@link UpdateEvent}, without the values that the event carries. */
public enum EventType {
  /** The agent starts asking the server. */
  CHECK("check"),
  /** The server offers nothing to install. */
  NO_UPDATE("no_update"),
  /** A version is chosen as the target and its download starts. */
  DOWNLOAD("download"),
  /** The artifacts are verified and written to the passive slot. */
  STAGE("stage"),
  /** The passive slot is to boot next; sent before the boot loader is changed. */
  ACTIVATE("activate"),
  /** The new slot runs, and its health check starts. */
  VERIFY("verify"),
  /** The new slot is healthy; sent after it was marked good. */
  CONFIRM("confirm"),
  /** The attempt is given up before activation. */
  FAIL("fail"),
  /** The device goes back to the prior slot; sent before the boot loader is changed. */
  ROLLBACK("rollback"),
  /** The operator gives up the attempt before activation. */
  CANCEL("cancel"),
  /** The operator or the agent has seen the outcome. */
  ACKNOWLEDGE("acknowledge");

  private final String wireName;

  EventType(String wireName) {
    this.wireName = wireName;
  }

  /** {@return the name in the state file, on the command line and in replays} */
  public String wireName() {
    return wireName;
  }

  /** {@return the values that an event of this type carries} */
  public List<EventField> fields() {
    return switch (this) {
      case DOWNLOAD -> List.of(TO_VERSION, RUNNING_VERSION, FORCE);
      case VERIFY -> List.of(RUNNING_VERSION);
      case FAIL -> List.of(ERROR);
      case ROLLBACK -> List.of(ERROR, RETRY);
      case CHECK, NO_UPDATE, STAGE, ACTIVATE, CONFIRM, CANCEL, ACKNOWLEDGE -> List.of();
    };
  }

  /**
   * Finds the type of a wire name.
   *
   * @param wireName the name, compared exactly
   * @return the type, or none if no event has that name
   */
  public static Option<EventType> ofWireName(String wireName) {
    for (EventType type : values()) {
      if (type.wireName.equals(wireName)) {
        return Option.some(type);
      }
    }
    return Option.none();
  }

  @Override
  public String toString() {
    return wireName;
  }
}
