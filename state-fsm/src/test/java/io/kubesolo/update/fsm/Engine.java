package io.kubesolo.update.fsm;

/** Both engines. */
enum Engine {
  SPRING,
  TABLE;

  /** A new one, that no other test has used. */
  LifecycleEngine get() {
    return this == SPRING ? new SpringEngine() : new TableEngine();
  }
}
