package io.kubesolo.update.agent.testkit;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** The dynamic call sites of a class. */
public final class CallSites {
  private CallSites() {}

  /** Returns the methods that link the call sites of a class. */
  public static List<Handle> linkedBy(byte[] bytes) {
    List<Handle> bootstraps = new ArrayList<>();
    new ClassReader(bytes)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String types, String signature, String[] exceptions) {
                return new MethodVisitor(Opcodes.ASM9) {
                  @Override
                  public void visitInvokeDynamicInsn(
                      String method, String captures, Handle bootstrap, Object... arguments) {
                    bootstraps.add(bootstrap);
                  }
                };
              }
            },
            0);
    return bootstraps;
  }

  /** Returns whether such a method links lambdas. */
  public static boolean isLambda(Handle bootstrap) {
    return bootstrap.getOwner().equals("java/lang/invoke/LambdaMetafactory");
  }
}
