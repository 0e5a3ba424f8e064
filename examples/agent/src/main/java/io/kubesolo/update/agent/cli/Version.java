package io.kubesolo.update.agent.cli;

import java.util.List;

/** What {@code --version} prints. */
final class Version {
  private Version() {}

  static List<String> lines() {
    return List.of(
        "update-agent " + UpdateAgent.VERSION,
        "Java " + System.getProperty("java.version"),
        ClassArchive.inUse()
            .map(path -> "class archive: " + path)
            .getOrElse("class archive: none is used, so each start takes twice the time; start the"
                + " agent by its launcher, or reinstall the package"));
  }
}
