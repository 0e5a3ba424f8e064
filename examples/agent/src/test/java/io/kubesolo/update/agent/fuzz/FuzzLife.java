package io.kubesolo.update.agent.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.kubesolo.update.agent.fuzz.DeviceLife.Choice;
import io.kubesolo.update.agent.fuzz.DeviceLife.InjectedFailure;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.TableEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A life that is decoded from bytes, and keeps what was promised. */
public final class FuzzLife {
  private static final Path FILE = Path.of(System.getProperty("fuzz.state", "")).toAbsolutePath();
  private static final int MOST_STEPS = 30;
  private static final LifecycleEngine ENGINE = new TableEngine();

  private FuzzLife() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(FuzzedDataProvider bytes) throws IOException {
    live(bytes, ENGINE);
  }

  static void live(FuzzedDataProvider bytes, LifecycleEngine engine) throws IOException {
    Files.deleteIfExists(FILE);
    Path directory = FILE.resolveSibling("");
    Script script = new Script(directory.resolve("script.jsonl"));
    DeviceLife life = new DeviceLife(directory, engine, ENGINE, script);
    for (int i = 0; i < MOST_STEPS && bytes.remainingBytes() > 0; i++) {
      step(life, bytes);
    }
  }

  private static void step(DeviceLife life, FuzzedDataProvider bytes) throws IOException {
    switch (bytes.consumeInt(0, 15)) {
      case 0 -> life.reopen(bytes.consumeInt(0, 1));
      case 1 -> life.reboot();
      case 2 -> life.seedWrites();
      case 3 -> life.anotherProgramWrites(bytes.consumeInt(0, 9));
      case 4 -> life.jump(Duration.ofDays(bytes.consumeInt(-50, 50)));
      case 5, 6 -> send(life, bytes, InjectedFailure.FAULT);
      case 7, 8 -> send(life, bytes, InjectedFailure.DEATH);
      default -> send(life, bytes, InjectedFailure.NONE);
    }
  }

  private static void send(DeviceLife life, FuzzedDataProvider bytes, InjectedFailure injected)
      throws IOException {
    Choice choice = new Choice(
        bytes.consumeInt(-5, 20),
        bytes.consumeInt(0, 3),
        bytes.consumeInt(0, 2),
        bytes.pickValue(List.of(false, false, true)));
    int change = injected == InjectedFailure.NONE ? 0 : bytes.consumeInt(1, 12);
    life.send(bytes.consumeInt(0, 1), choice, injected, change);
  }
}
