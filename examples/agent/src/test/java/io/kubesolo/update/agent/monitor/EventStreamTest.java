package io.kubesolo.update.agent.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventStreamTest {
  @TempDir
  Path folder;

  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

  @Test
  void reportsWhatEndsItsThread() throws Exception {
    Error shortage = new OutOfMemoryError("unable to create native thread");
    Consumer<String> publisher = event -> {
      throw shortage;
    };

    try (EventStream stream = EventStream.start(folder, publisher, failures::add)) {
      assertThat(stream).isNotNull();
      assertThat(failures.poll(20, TimeUnit.SECONDS)).isSameAs(shortage);
    }
  }
}
