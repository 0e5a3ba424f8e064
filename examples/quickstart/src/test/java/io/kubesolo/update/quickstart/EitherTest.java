package io.kubesolo.update.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two ways to write what follows an Either are equal, and the page shows both as they are compiled. */
class EitherTest {
  private static final Path README = Path.of("../../state-core/README.md");
  private static final Path SOURCE =
      Path.of("src/test/java/io/kubesolo/update/quickstart/EitherTest.java");
  private static final String REJECTED = "rejected: check is illegal in checking; permitted: ";

  @TempDir
  Path folder;

  private static String inSteps(UpdateLifecycle lifecycle) {
    Either<Rejection, UpdateState> answer = lifecycle.send(new Check());
    if (answer.isLeft()) {
      return "rejected: " + answer.getLeft().message();
    }
    UpdateState state = answer.get();
    return "now " + state.phase();
  }

  private static String asExpression(UpdateLifecycle lifecycle) {
    return lifecycle
        .send(new Check())
        .map(state -> "now " + state.phase())
        .getOrElseGet(rejection -> "rejected: " + rejection.message());
  }

  @Test
  void bothWaysGiveTheSame() {
    List<Function<UpdateLifecycle, String>> ways =
        List.of(EitherTest::inSteps, EitherTest::asExpression);
    for (Function<UpdateLifecycle, String> way : ways) {
      StateFile file = StateFile.at(folder.resolve(ways.indexOf(way) + ".json"));
      try (UpdateLifecycle lifecycle = UpdateLifecycle.open(file).get()) {
        assertThat(way.apply(lifecycle)).isEqualTo("now checking");
        assertThat(way.apply(lifecycle)).startsWith(REJECTED);
      }
    }
  }

  @Test
  void thePageShowsBoth() throws IOException {
    for (String method : List.of("inSteps", "asExpression")) {
      String body = Files.readAllLines(SOURCE).stream()
          .dropWhile(line -> !line.startsWith("  private static String " + method + "("))
          .skip(1)
          .takeWhile(line -> !line.equals("  }"))
          .collect(Collectors.joining("\n"));

      assertThat(body).isNotEmpty();
      assertThat(README).content().contains("```java\n" + body.stripIndent() + "\n```\n");
    }
  }
}
