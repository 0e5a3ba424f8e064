package io.kubesolo.update.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubesolo.update.persist.StateFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each contender really leaves its record in the directory, once for each time that it tells. */
class DurableTest {
  @TempDir
  Path folder;

  @Test
  void theLifecycleSendsAsManyEventsAsItTells() throws IOException {
    try (DurableLifecycle table = DurableLifecycle.onTable(folder);
        DurableLifecycle spring = DurableLifecycle.onSpring(folder)) {
      assertThat(table.run(8)).hasSize(8).doesNotContain(0);
      assertThat(spring.run(3)).hasSize(3).doesNotContain(0);
    }
    assertThat(revision("table.json")).isEqualTo(8);
    assertThat(revision("spring.json")).isEqualTo(3);
  }

  private long revision(String file) {
    return StateFile.at(folder.resolve(file)).read().get().state().revision();
  }

  @Test
  void javaReplacesAFileOfTheSameSize() throws IOException {
    try (DurableJava java = new DurableJava(folder)) {
      assertThat(java.run(2)).hasSize(2);
    }
    assertThat(folder.resolve("java.json")).hasSize(700);
    assertThat(folder.toFile().list()).containsExactly("java.json");
  }

  @Test
  void sqliteUpdatesOneRow() throws IOException, SQLException {
    for (String journal : new String[] {"WAL", "DELETE"}) {
      try (DurableSqlite sqlite = new DurableSqlite(folder, journal)) {
        assertThat(sqlite.run(3)).hasSize(3);
      }
      assertThat(row(journal + ".db")).hasSize(691).endsWith("x2");
    }
  }

  private String row(String database) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(database));
        ResultSet rows = connection.createStatement().executeQuery("SELECT json FROM state")) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  @Test
  void theCProgramReplacesAFile() throws IOException, InterruptedException {
    boolean compiler = Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(bin -> Files.isExecutable(Path.of(bin, "cc")));
    if (System.getenv("REQUIRE_TOOLS") == null) {
      assumeThat(compiler).as("SKIPPED: there is no C compiler cc").isTrue();
    }
    Path program = folder.resolve("replace");
    Process cc = new ProcessBuilder("cc", "-o", program.toString(), "src/main/c/replace.c")
        .inheritIO()
        .start();
    assertThat(cc.waitFor()).isZero();
    Path records = Files.createDirectory(folder.resolve("records"));
    try (DurableC c = new DurableC(program, records)) {
      assertThat(c.run(3)).hasSize(3).doesNotContain(0);
      assertThat(c.run(1)).hasSize(1);
    }
    assertThat(records.resolve("c.json")).hasSize(700);
    assertThat(records.toFile().list()).containsExactly("c.json");
  }

  @Test
  void theBareJvmIsStartedAsTheLauncherStartsOne() throws IOException {
    assertThat(Path.of("../agent/update-agent")).content().contains(ColdCommand.FLAGS);
  }
}
