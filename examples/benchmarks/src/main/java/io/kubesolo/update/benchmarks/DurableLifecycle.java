package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import java.io.IOException;
import java.nio.file.Path;

/** Events of one update after the other, each made durable before it is answered. */
final class DurableLifecycle implements DurableContender {
  private final String title;
  private final UpdateLifecycle lifecycle;
  private int sent;

  private DurableLifecycle(String title, Path file, LifecycleEngine engine) {
    this.title = title;
    this.lifecycle = UpdateLifecycle.open(StateFile.at(file), LifecycleSettings.DEFAULT, engine)
        .getOrElseThrow(failure -> new IllegalStateException(failure.message()));
  }

  static DurableLifecycle onTable(Path folder) {
    return new DurableLifecycle(
        "UpdateLifecycle with TableEngine", folder.resolve("table.json"), new TableEngine());
  }

  static DurableLifecycle onSpring(Path folder) {
    return new DurableLifecycle(
        "UpdateLifecycle with SpringEngine", folder.resolve("spring.json"), new SpringEngine());
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public long[] run(int times) throws IOException {
    return DurableContender.timed(times, () -> send(next()));
  }

  private void send(UpdateEvent event) {
    lifecycle.send(event).getOrElseThrow(no -> new IllegalStateException(no.message()));
  }

  /** The events of a life that goes well, with another version each time. */
  private UpdateEvent next() {
    int update = sent / 7;
    String version = "v1." + (update + 1);
    return switch (sent++ % 7) {
      case 0 -> new UpdateEvent.Check();
      case 1 -> new UpdateEvent.Download(version, "v1." + update);
      case 2 -> new UpdateEvent.Stage();
      case 3 -> new UpdateEvent.Activate();
      case 4 -> new UpdateEvent.Verify(version);
      case 5 -> new UpdateEvent.Confirm();
      default -> new UpdateEvent.Acknowledge();
    };
  }

  @Override
  public void close() {
    lifecycle.close();
  }
}
