package io.kubesolo.update.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.testing.tool.Tools;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.persist.StateFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each contender replaces its record in its directory, once each time. */
class DurableTest {
  private static final int SIZE = 2800;

  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(classes = {TableEngine.class, SpringEngine.class})
  void theLifecycleSendsOneEventEachTime(Class<? extends LifecycleEngine> engine) throws Exception {
    try (Durable record =
        Durable.lifecycle(folder, engine.getDeclaredConstructor().newInstance())) {
      StateFile file = StateFile.at(folder.resolve("state.json"));
      assertThat(file.read().get().state().history()).hasSize(20);
      long before = file.read().get().state().revision();
      for (int i = 1; i <= 8; i++) {
        assertThat(record.replace()).isPositive();
        assertThat(file.read().get().state().revision()).isEqualTo(before + i);
      }
    }
  }

  @Test
  void javaReplacesAFile() throws Exception {
    try (Durable java = Durable.java(folder, SIZE)) {
      replacesAFile(java);
    }
  }

  @Test
  void theCProgramReplacesAFile(@TempDir Path programs) throws Exception {
    Tools.assumePresent("cc");
    String program = programs.resolve("replace").toString();
    Process cc = new ProcessBuilder("cc", "-o", program, "src/main/c/replace.c")
        .inheritIO()
        .start();
    assertThat(cc.waitFor()).isZero();
    try (Durable c = Durable.c(Path.of(program), folder, SIZE);
        Durable marked = Durable.c(Path.of(program), folder, SIZE, "mark")) {
      replacesAFile(c);
      replacesAFile(marked);
    }
  }

  private void replacesAFile(Durable record) throws Exception {
    for (int i = 0; i < 2; i++) {
      Files.write(folder.resolve("state.json"), new byte[0]);
      assertThat(record.replace()).isPositive();
      assertThat(folder.resolve("state.json")).hasSize(SIZE);
    }
    assertThat(folder.toFile().list()).containsExactly("state.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"WAL", "DELETE"})
  void sqliteUpdatesOneRow(String journal) throws Exception {
    try (Durable sqlite = Durable.sqlite(folder, journal, SIZE)) {
      for (int i = 0; i < 3; i++) {
        assertThat(sqlite.replace()).isPositive();
      }
    }
    assertThat(revision()).isEqualTo(3);
  }

  @Test
  void aProcessUpdatesOneRowWithoutOurModules() throws Exception {
    Process process = new ProcessBuilder(Cold.row(folder, "-ea")).inheritIO().start();

    assertThat(process.waitFor()).isZero();
    assertThat(revision()).isOne();
  }

  private int revision() throws SQLException {
    try (Connection database =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state.db"));
        ResultSet row = database.createStatement().executeQuery("SELECT * FROM state")) {
      assertThat(row.getString("json")).hasSize(SIZE);
      return row.getInt("revision");
    }
  }

  @Test
  void theBareJvmIsStartedAsTheLauncherStartsOne() {
    assertThat(Path.of("../agent/update-agent")).content().contains(Cold.FLAGS);
  }
}
