package io.kubesolo.update.persist;

/** What a process does in its life. */
final class Scenarios {
  private Scenarios() {}

  /** A start and three events. */
  static void events(Life life) {
    Life.required("open", life.open());
    for (int i = 0; i < 3; i++) {
      Life.required("event", life.event());
    }
  }
}
