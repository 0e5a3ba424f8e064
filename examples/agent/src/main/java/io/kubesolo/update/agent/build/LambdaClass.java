package io.kubesolo.update.agent.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;
import org.objectweb.asm.commons.Method;

/**
 * A class that does what {@code LambdaMetafactory.metafactory} specifies: it implements one method of
 * an interface by a call of another method, with captured values before the arguments.
 *
 * @param method the name of the method of the interface
 * @param captures the types of the captured values, and the interface
 * @param erased the types of that method after erasure
 * @param target what is called
 * @param actual the types of that method here
 */
record LambdaClass(String method, Type captures, Type erased, Handle target, Type actual) {
  /** The static method that returns an object, and takes the captured values. */
  static final String FACTORY = "of";

  private static final String INSTANCE = "INSTANCE";
  private static final Type OBJECT = Type.getType(Object.class);
  private static final int CONSTANT = Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL;

  /** Returns the class of a call site; none if it is not the one of an ordinary lambda. */
  static Optional<LambdaClass> of(
      String method, String captures, Handle bootstrap, Object... arguments) {
    boolean lambda = bootstrap.getOwner().equals("java/lang/invoke/LambdaMetafactory")
        && bootstrap.getName().equals("metafactory");
    return lambda
        ? Optional.of(new LambdaClass(
            method, Type.getMethodType(captures), (Type) arguments[0], (Handle) arguments[1], (Type)
                arguments[2]))
        : Optional.empty();
  }

  /** Returns the bytes of the class, as a member of a nest, so that it may call private methods. */
  byte[] write(String name, String nestHost) {
    Type self = Type.getObjectType(name);
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(
        Opcodes.V17,
        Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
        name,
        null,
        OBJECT.getInternalName(),
        new String[] {captures.getReturnType().getInternalName()});
    writer.visitNestHost(nestHost);
    writeConstructor(writer, self);
    writeFactory(writer, self);
    writeMethod(writer, self);
    writer.visitEnd();
    return writer.toByteArray();
  }

  private Type[] captured() {
    return captures.getArgumentTypes();
  }

  private Method constructor() {
    return new Method("<init>", Type.VOID_TYPE, captured());
  }

  private static String field(int index) {
    return "captured" + index;
  }

  private static GeneratorAdapter begin(ClassWriter writer, int access, Method method) {
    return new GeneratorAdapter(access, method, null, null, writer);
  }

  private static void end(GeneratorAdapter code) {
    code.returnValue();
    code.endMethod();
  }

  private void writeConstructor(ClassWriter writer, Type self) {
    GeneratorAdapter code = begin(writer, Opcodes.ACC_PRIVATE, constructor());
    code.loadThis();
    code.invokeConstructor(OBJECT, new Method("<init>", "()V"));
    Type[] types = captured();
    for (int i = 0; i < types.length; i++) {
      writer
          .visitField(
              Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL,
              field(i),
              types[i].getDescriptor(),
              null,
              null)
          .visitEnd();
      code.loadThis();
      code.loadArg(i);
      code.putField(self, field(i), types[i]);
    }
    end(code);
  }

  /** Writes the factory. A lambda that captures nothing is one object, which is created once. */
  private void writeFactory(ClassWriter writer, Type self) {
    Method method = new Method(FACTORY, captures.getDescriptor());
    GeneratorAdapter factory = begin(writer, Opcodes.ACC_STATIC, method);
    if (captured().length > 0) {
      instantiate(factory, self);
    } else {
      writer.visitField(CONSTANT, INSTANCE, self.getDescriptor(), null, null).visitEnd();
      GeneratorAdapter initializer =
          begin(writer, Opcodes.ACC_STATIC, new Method("<clinit>", "()V"));
      instantiate(initializer, self);
      initializer.putStatic(self, INSTANCE, self);
      end(initializer);
      factory.getStatic(self, INSTANCE, self);
    }
    end(factory);
  }

  private void instantiate(GeneratorAdapter code, Type self) {
    code.newInstance(self);
    code.dup();
    for (int i = 0; i < captured().length; i++) {
      code.loadArg(i);
    }
    code.invokeConstructor(self, constructor());
  }

  private void writeMethod(ClassWriter writer, Type self) {
    GeneratorAdapter code =
        begin(writer, Opcodes.ACC_PUBLIC, new Method(method, erased.getDescriptor()));
    Type owner = Type.getObjectType(target.getOwner());
    if (target.getTag() == Opcodes.H_NEWINVOKESPECIAL) {
      code.newInstance(owner);
      code.dup();
    }
    List<Type> parameters = parameters(owner);
    Type[] types = captured();
    for (int i = 0; i < types.length; i++) {
      code.loadThis();
      code.getField(self, field(i), types[i]);
      convert(code, types[i], parameters.get(i));
    }
    Type[] arguments = actual.getArgumentTypes();
    for (int i = 0; i < arguments.length; i++) {
      code.loadArg(i);
      convert(code, erased.getArgumentTypes()[i], arguments[i]);
      convert(code, arguments[i], parameters.get(types.length + i));
    }
    code.visitMethodInsn(
        opcode(), target.getOwner(), target.getName(), target.getDesc(), target.isInterface());
    convertResult(code, owner);
    end(code);
  }

  /** Returns the types of what the called method takes, the object that it is called on first. */
  private List<Type> parameters(Type owner) {
    List<Type> parameters = new ArrayList<>();
    if (target.getTag() != Opcodes.H_INVOKESTATIC
        && target.getTag() != Opcodes.H_NEWINVOKESPECIAL) {
      parameters.add(owner);
    }
    parameters.addAll(List.of(Type.getArgumentTypes(target.getDesc())));
    return parameters;
  }

  /**
   * Returns the instruction that calls the target. A private method of another class of the nest is
   * called like any other method. The method of a super class cannot be called from another class:
   * a virtual call would run the override.
   */
  private int opcode() {
    return switch (target.getTag()) {
      case Opcodes.H_INVOKESPECIAL ->
        throw new IllegalStateException(
            "a lambda calls %s.%s by invokespecial, which no other class can"
                .formatted(target.getOwner(), target.getName()));
      case Opcodes.H_INVOKESTATIC -> Opcodes.INVOKESTATIC;
      case Opcodes.H_NEWINVOKESPECIAL -> Opcodes.INVOKESPECIAL;
      default -> target.isInterface() ? Opcodes.INVOKEINTERFACE : Opcodes.INVOKEVIRTUAL;
    };
  }

  private void convertResult(GeneratorAdapter code, Type owner) {
    Type result = target.getTag() == Opcodes.H_NEWINVOKESPECIAL
        ? owner
        : Type.getReturnType(target.getDesc());
    if (actual.getReturnType().equals(Type.VOID_TYPE)) {
      switch (result.getSize()) {
        case 1 -> code.pop();
        case 2 -> code.pop2();
        default -> {}
      }
    } else {
      convert(code, result, actual.getReturnType());
    }
  }

  /** Boxes, unboxes, widens or casts. No lambda of the program unboxes a character and widens it. */
  private static void convert(GeneratorAdapter code, Type from, Type to) {
    if (from.equals(to)) {
      return;
    }
    boolean fromPrimitive = from.getSort() < Type.ARRAY;
    boolean toPrimitive = to.getSort() < Type.ARRAY;
    if (fromPrimitive && toPrimitive) {
      code.cast(from, to);
    } else if (fromPrimitive) {
      code.valueOf(from);
    } else if (toPrimitive) {
      if (from.equals(Type.getType(Character.class)) && !to.equals(Type.CHAR_TYPE)) {
        throw new IllegalStateException("a character cannot be unboxed to " + to.getClassName());
      }
      code.unbox(to);
    } else {
      code.checkCast(to);
    }
  }
}
