package io.kubesolo.update.agent.cli;

import java.util.List;
import java.util.Map;

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
      "simulate-boot",
      "demo",
      "completion");

  /** Other names of commands. */
  static final Map<String, String> ALIASES = Map.of("boot", "simulate-boot");

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
    String word = first < arguments.length ? arguments[first] : "";
    String command = ALIASES.getOrDefault(word, word);
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

  static AgentCommand make(String name, CommandContext context) {
    return switch (name) {
      case "send" -> new SendCommand(context);
      case "replay" -> new ReplayCommand(context);
      case "status" -> new StatusCommand(context);
      case "history" -> new HistoryCommand(context);
      case "events" -> new EventsCommand(context);
      case "diagram" -> new DiagramCommand(context);
      case "wait" -> new WaitCommand(context);
      case "tick" -> new TickCommand(context);
      case "metrics" -> new MetricsCommand(context);
      case "serve" -> new ServeCommand(context);
      case "reconcile" -> new ReconcileCommand(context);
      case "repair" -> new RepairCommand(context);
      case "check" -> new CheckCommand(context);
      case "apply" -> new ApplyCommand(context);
      case "activate" -> DeviceCommand.activate(context);
      case "healthcheck" -> DeviceCommand.healthcheck(context);
      case "rollback" -> new RollbackCommand(context);
      case "cancel" -> EventCommand.cancel(context);
      case "ack" -> EventCommand.acknowledge(context);
      case "simulate-boot" -> DeviceCommand.simulateBoot(context);
      case "demo" -> new DemoCommand(context);
      case "completion" -> new CompletionCommand(context);
      default -> throw new IllegalArgumentException("no command: " + name);
    };
  }
}
