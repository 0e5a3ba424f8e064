package io.kubesolo.update.fsm;

/** Both engines, each made once for all tests. */
enum Engine {
  SPRING,
  TABLE;

  private static final LifecycleEngine THE_SPRING = new SpringEngine();
  private static final LifecycleEngine THE_TABLE = new TableEngine();

  LifecycleEngine get() {
    return this == SPRING ? THE_SPRING : THE_TABLE;
  }
}
