package io.kubesolo.update.agent;

import java.util.List;

/** The commands by their names. */
final class Commands {
  /** In the order of the help. */
  static final List<String> NAMES = List.of(
      "send",
      "replay",
      "status",
      "history",
      "events",
      "diagram",
      "wait",
      "tick",
      "metrics",
      "serve",
      "reconcile",
      "repair",
      "check",
      "apply",
      "activate",
      "healthcheck",
      "rollback",
      "cancel",
      "ack",
      "boot",
      "demo",
      "completion");

  private Commands() {}

  /**
   * The commands that a command line can mean, for to make them all takes long: the one that it
   * begins with after global options, each of which has a value; or all of them where it begins with
   * none, asks for help, or completes every command.
   */
  static List<String> meantBy(String... arguments) {
    int first = 0;
    while (first < arguments.length && arguments[first].startsWith("--")) {
      first += arguments[first].contains("=") ? 1 : 2;
    }
    String command = first < arguments.length ? arguments[first] : "";
    return NAMES.contains(command) && !command.equals("completion") && !asksForHelp(arguments)
        ? List.of(command)
        : NAMES;
  }

  private static boolean asksForHelp(String... arguments) {
    for (String word : arguments) {
      if (word.startsWith("-h") || word.startsWith("-V") || word.equals("--help")) {
        return true;
      }
    }
    return false;
  }

  static AgentCommand make(String name, Main main) {
    return switch (name) {
      case "send" -> new SendCommand(main);
      case "replay" -> new ReplayCommand(main);
      case "status" -> new StatusCommand(main);
      case "history" -> new HistoryCommand(main);
      case "events" -> new EventsCommand(main);
      case "diagram" -> new DiagramCommand(main);
      case "wait" -> new WaitCommand(main);
      case "tick" -> new TickCommand(main);
      case "metrics" -> new MetricsCommand(main);
      case "serve" -> new ServeCommand(main);
      case "reconcile" -> new ReconcileCommand(main);
      case "repair" -> new RepairCommand(main);
      case "check" -> new CheckCommand(main);
      case "apply" -> new ApplyCommand(main);
      case "activate" -> new ActivateCommand(main);
      case "healthcheck" -> new HealthcheckCommand(main);
      case "rollback" -> new RollbackCommand(main);
      case "cancel" -> new CancelCommand(main);
      case "ack" -> new AckCommand(main);
      case "boot" -> new BootCommand(main);
      case "demo" -> new DemoCommand(main);
      case "completion" -> new CompletionCommand(main);
      default -> throw new IllegalArgumentException("no command: " + name);
    };
  }
}
