package io.kubesolo.update.agent;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.List;
import java.util.Map.Entry;
import java.util.function.Function;

/** The commands by their names, in the order of the help. */
final class Commands {
  private static final List<Entry<String, Function<Main, AgentCommand>>> ALL = List.of(
      entry("send", SendCommand::new),
      entry("replay", ReplayCommand::new),
      entry("status", StatusCommand::new),
      entry("history", HistoryCommand::new),
      entry("events", EventsCommand::new),
      entry("diagram", DiagramCommand::new),
      entry("reconcile", ReconcileCommand::new),
      entry("repair", RepairCommand::new),
      entry("check", CheckCommand::new),
      entry("apply", ApplyCommand::new),
      entry("activate", ActivateCommand::new),
      entry("healthcheck", HealthcheckCommand::new),
      entry("rollback", RollbackCommand::new),
      entry("cancel", CancelCommand::new),
      entry("ack", AckCommand::new),
      entry("boot", BootCommand::new),
      entry("demo", DemoCommand::new));

  private Commands() {}

  /**
   * The commands that a command line can mean, since to make them all takes long: those that it
   * names, or all of them where it names none or asks for help.
   */
  static List<Entry<String, Function<Main, AgentCommand>>> meantBy(String... arguments) {
    List<String> words = Arrays.asList(arguments);
    List<Entry<String, Function<Main, AgentCommand>>> named =
        ALL.stream().filter(command -> words.contains(command.getKey())).toList();
    boolean help = words.stream().anyMatch(Commands::asksForHelp);
    return named.isEmpty() || help ? ALL : named;
  }

  private static boolean asksForHelp(String word) {
    return word.startsWith("-h") || word.startsWith("-V") || word.equals("--help");
  }
}
