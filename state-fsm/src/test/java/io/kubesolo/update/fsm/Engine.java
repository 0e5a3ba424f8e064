package io.kubesolo.update.fsm;

/** Both engines. */
public enum Engine {
  SPRING,
  TABLE;

  /** Returns a new engine, which no other test has used. */
  public LifecycleEngine get() {
    return this == SPRING ? new SpringEngine() : new TableEngine();
  }
}
