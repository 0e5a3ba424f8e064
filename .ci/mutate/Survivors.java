import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Compares the mutants that survived PIT with the list of accepted survivors. In the list, each
 * paragraph is a reason, in lines that begin with #, and the mutants it is about: Class.method, a
 * colon, and PIT's words for what it did.
 */
final class Survivors {
  private Survivors() {}

  /** Takes the module's folder; exits with 1 if the report and the list differ. */
  public static void main(String[] arguments) throws Exception {
    Path module = Path.of(arguments[0]);
    List<String> listed = listed(module.resolve("src/test/mutation/survivors.txt"));
    List<String> alive = new ArrayList<>();
    List<String> timedOut = new ArrayList<>();
    NodeList mutants = DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new File(arguments[0], "target/pit-reports/mutations.xml"))
        .getElementsByTagName("mutation");
    for (int i = 0; i < mutants.getLength(); i++) {
      Element mutant = (Element) mutants.item(i);
      switch (mutant.getAttribute("status")) {
        case "SURVIVED", "NO_COVERAGE" -> alive.add(inWords(mutant));
        case "TIMED_OUT" -> timedOut.add(inWords(mutant));
        default -> {}
      }
    }
    System.out.printf(
        "%s: %d of %d mutants killed, %d of them by a timeout%n",
        module.getFileName(),
        mutants.getLength() - alive.size(),
        mutants.getLength(),
        timedOut.size());

    List<String> unlisted = without(alive, listed);
    // Where the machine is slow, a mutant that does no harm may run into the time limit.
    List<String> killed = without(without(listed, alive), timedOut);
    unlisted.forEach(mutant -> System.err.println("it lives, and no reason is listed: " + mutant));
    killed.forEach(mutant -> System.err.println("it is listed, and was killed: " + mutant));
    System.exit(unlisted.isEmpty() && killed.isEmpty() ? 0 : 1);
  }

  private static List<String> listed(Path list) throws Exception {
    List<String> mutants = new ArrayList<>();
    boolean reason = false;
    for (String line : Files.exists(list) ? Files.readAllLines(list) : List.<String>of()) {
      if (line.isBlank() || line.startsWith("#")) {
        reason = !line.isBlank();
      } else if (reason) {
        mutants.add(line);
      } else {
        throw new IllegalArgumentException(list + " gives no reason for " + line);
      }
    }
    return mutants;
  }

  private static String inWords(Element mutant) {
    return text(mutant, "mutatedClass").replaceAll(".*\\.", "")
        + "."
        + text(mutant, "mutatedMethod").replaceAll("lambda\\$(\\w+)\\$\\d+", "$1")
        + ": "
        + text(mutant, "description").replaceAll(" for io/kubesolo/.*", "");
  }

  private static String text(Element mutant, String name) {
    return mutant.getElementsByTagName(name).item(0).getTextContent();
  }

  /** The first list without what is in the second, as often as it is there. */
  private static List<String> without(List<String> all, List<String> taken) {
    List<String> rest = new ArrayList<>(all);
    taken.forEach(rest::remove);
    return rest;
  }
}
