// Maps, lists, strings and trees of the class library: what programs allocate.
package bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.teavm.interop.Export;

public class Collections {
  private static final int COUNT = 20_000;
  private static final int KEYS = 5_000;

  private static class Node {
    final int key;
    final String name;
    Node left;
    Node right;

    Node(int key) {
      this.key = key;
      this.name = "n" + key;
    }
  }

  private int seed;

  private Collections(int seed) {
    this.seed = seed;
  }

  private int random() {
    seed = seed * 1664525 + 1013904223;
    return seed >>> 4;
  }

  private static Node insert(Node tree, int key) {
    if (tree == null) {
      return new Node(key);
    }
    if (key < tree.key) {
      tree.left = insert(tree.left, key);
    } else if (key > tree.key) {
      tree.right = insert(tree.right, key);
    }
    return tree;
  }

  private static int depth(Node tree) {
    return tree == null ? 0 : 1 + Math.max(depth(tree.left), depth(tree.right));
  }

  private int countWords() {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < COUNT; ++i) {
      counts.merge("key" + random() % KEYS, 1, Integer::sum);
    }
    List<String> keys = new ArrayList<>(counts.keySet());
    java.util.Collections.sort(keys);
    StringBuilder text = new StringBuilder();
    for (String key : keys) {
      text.append(key).append('=').append(counts.get(key)).append(';');
    }
    return text.toString().hashCode();
  }

  private int growTree() {
    Node root = null;
    for (int i = 0; i < COUNT; ++i) {
      root = insert(root, random());
    }
    return depth(root) + root.name.length();
  }

  @Export(name = "run")
  public static int run(int rounds) {
    int sum = 0;
    for (int round = 0; round < rounds; ++round) {
      Collections program = new Collections(round + 1);
      sum = sum * 31 + program.countWords() + program.growTree();
    }
    return sum;
  }

  public static void main(String[] arguments) {
    System.out.println(run(arguments.length));
  }
}
