package io.kubesolo.update.fsm.diagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.testing.SampleStates;
import io.kubesolo.update.fsm.Engine;
import io.kubesolo.update.fsm.diagram.Diagram.Format;
import io.vavr.control.Option;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** The State Chart XML, validated by a schema of the part of SCXML that it uses, and read back. */
class ScxmlTest {
  private final TransitionTable table = Engine.TABLE.get().table();
  private final String plain = Diagram.of(table).render(Format.SCXML, Option.none());

  @Test
  void writesEveryEdge() throws Exception {
    List<String> told = new ArrayList<>();
    NodeList transitions = read(plain).getElementsByTagName("transition");
    for (int i = 0; i < transitions.getLength(); i++) {
      told.add(inWords((Element) transitions.item(i)));
    }

    assertThat(told)
        .containsExactlyInAnyOrderElementsOf(
            table.edges().stream().map(ScxmlTest::inWords).toList());
    assertThat(plain).doesNotContain("cond=\"\"");
  }

  @ParameterizedTest
  @EnumSource
  void isValidInEachPhase(Phase phase) throws Exception {
    String scxml = Diagram.of(table).render(Format.SCXML, Option.some(SampleStates.in(phase)));

    NodeList states = read(scxml).getElementsByTagName("state");
    for (int i = 0; i < states.getLength(); i++) {
      Element state = (Element) states.item(i);
      boolean present = state.getAttribute("id").equals(phase.wireName());
      assertThat(state.hasAttribute("update:present")).isEqualTo(present);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "target=\"idle\" > target=\"asleep\"",
        "id=\"staged\" > id=\"idle\"",
        "event=\"check\" > event=\"download\"",
        "event=\"check\" > event=\"check!\"",
        "<transition event > <transition evnt",
        "initial=\"idle\" > initial=\"start\"",
        "xmlns=\"http://www.w3.org/2005/07/scxml\" > xmlns=\"urn:x\""
      })
  void theSchemaRejectsAMistake(String planted) {
    String[] change = planted.split(" > ", 2);
    assertThat(plain).contains(change[0]);

    assertThatThrownBy(() -> read(plain.replace(change[0], change[1])))
        .isInstanceOf(SAXParseException.class);
  }

  private static String inWords(Element transition) {
    NodeList script = transition.getElementsByTagName("script");
    return String.join(
        " | ",
        ((Element) transition.getParentNode()).getAttribute("id"),
        transition.getAttribute("event"),
        transition.getAttribute("target"),
        transition.getAttribute("cond"),
        script.getLength() == 0 ? "" : script.item(0).getTextContent());
  }

  private static String inWords(Edge edge) {
    Stream<String> guards = edge.guards().stream().map(Guard::ruleName);
    Stream<String> actions = edge.actions().stream().map(Action::ruleName);
    return String.join(
        " | ",
        edge.from().wireName(),
        edge.event().wireName(),
        edge.to().wireName(),
        String.join(" && ", guards.map(name -> name + "()").toList()),
        String.join(" ", actions.map(name -> name + "();").toList()));
  }

  private static Document read(String scxml) throws Exception {
    Schema schema = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
        .newSchema(ScxmlTest.class.getResource("/scxml.xsd"));
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setSchema(schema);
    var builder = factory.newDocumentBuilder();
    builder.setErrorHandler(new Strict());
    return builder.parse(new ByteArrayInputStream(scxml.getBytes(StandardCharsets.UTF_8)));
  }

  /** Lets nothing pass. */
  private static final class Strict implements ErrorHandler {
    @Override
    public void warning(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void error(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }
  }
}
