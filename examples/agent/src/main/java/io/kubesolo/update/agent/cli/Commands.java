package io.kubesolo.update.agent.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/** The commands by their names. */
final class Commands {
  /** The commands in groups by purpose, in the order of the help. */
  static final Map<String, List<String>> GROUPS = groups();

  static final List<String> NAMES = names();

  /** Other names of commands. */
  static final Map<String, String> ALIASES = Map.of("boot", "simulate-boot");

  /** The commands that need the syntax of all commands. */
  private static final Set<String> NEED_ALL = Set.of("completion", "help");

  private Commands() {}

  private static List<String> names() {
    List<String> names = new ArrayList<>();
    for (List<String> group : GROUPS.values()) {
      names.addAll(group);
    }
    return List.copyOf(names);
  }

  private static Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put(
        "Device",
        List.of(
            "check",
            "apply",
            "activate",
            "healthcheck",
            "rollback",
            "run",
            "cancel",
            "ack",
            "simulate-boot",
            "demo"));
    groups.put("State", List.of("status", "history", "events", "what-if", "repair"));
    groups.put("Monitoring", List.of("wait", "serve", "metrics", "diagram"));
    groups.put("Low-level", List.of("send", "replay", "reconcile", "tick", "completion", "help"));
    return groups;
  }

  /**
   * Returns the commands that are needed for a command line, because making all of them takes long.
   * It is the first word after the global options, each of which has a value. It is all commands if
   * there is no such word, or if the line asks for help or completion.
   */
  static List<String> meantBy(String... arguments) {
    int first = 0;
    while (first < arguments.length && arguments[first].startsWith("--")) {
      first += arguments[first].contains("=") ? 1 : 2;
    }
    String word = first < arguments.length ? arguments[first] : "";
    String command = ALIASES.getOrDefault(word, word);
    return NAMES.contains(command) && !NEED_ALL.contains(command) && !asksForHelp(arguments)
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

  /**
   * Makes an {@link AgentCommand}. It is returned as an interface, because for a class the JVM
   * would load all commands, to verify that they extend it.
   */
  static Callable<Integer> make(String name, CommandContext context) {
    return switch (name) {
      case "send" -> new SendCommand(context);
      case "replay" -> new ReplayCommand(context);
      case "status" -> new StatusCommand(context);
      case "history" -> new HistoryCommand(context);
      case "events" -> new EventsCommand(context);
      case "what-if" -> new WhatIfCommand(context);
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
      case "run" -> new RunCommand(context);
      case "cancel" -> EventCommand.cancel(context);
      case "ack" -> EventCommand.acknowledge(context);
      case "simulate-boot" -> DeviceCommand.simulateBoot(context);
      case "demo" -> new DemoCommand(context);
      case "help" -> new HelpCommand(context);
      case "completion" -> new CompletionCommand(context);
      default -> throw new IllegalArgumentException("no command: " + name);
    };
  }
}
