package io.migrationmonkey.lab.load;

import io.migrationmonkey.lab.http.Answer;
import io.migrationmonkey.lab.http.Request;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Readers and writers who use the guestbook at a steady pace, each on a keep-alive connection of
 * its own, until stopped. Nobody tries again: a failure is a failure.
 */
public final class Load implements AutoCloseable {

  private final String host;
  private final int port;
  private final LoadPlan plan;
  private final Ledger ledger;
  private final Tally tally;
  private final CountDownLatch enough = new CountDownLatch(1);
  private final List<Thread> users = new ArrayList<>();

  private Load(String host, int port, LoadPlan plan, Ledger ledger, Clock clock) {
    this.host = host;
    this.port = port;
    this.plan = plan;
    this.ledger = ledger;
    this.tally = new Tally(clock);
  }

  /** Starts it; the texts that the writers are promised go to the ledger. */
  public static Load start(String host, int port, LoadPlan plan, Ledger ledger, Clock clock) {
    Load load = new Load(host, port, plan, ledger, clock);
    int everybody = plan.readers() + plan.writers();
    for (int i = 0; i < everybody; i++) {
      boolean writes = i >= plan.readers();
      String name = (writes ? "writer " : "reader ") + i;
      Duration offset = plan.pace().multipliedBy(i).dividedBy(everybody);
      load.users.add(
          Thread.ofPlatform().name(name).daemon().start(() -> load.use(name, writes, offset)));
    }
    return load;
  }

  public LoadFigures figures() {
    return tally.figures();
  }

  /**
   * Lets everybody finish the request that is under way, and returns the final figures.
   *
   * @throws IllegalStateException when somebody is still waiting long after the deadline
   */
  public LoadFigures stop() throws InterruptedException {
    enough.countDown();
    long giveUpAt = System.nanoTime() + plan.deadline().plusSeconds(10).toNanos();
    for (Thread user : users) {
      long left = giveUpAt - System.nanoTime();
      if (!user.join(Duration.ofNanos(Math.max(1, left)))) {
        throw new IllegalStateException(user.getName() + " does not come to an end");
      }
    }
    return figures();
  }

  /** Ends it without waiting for anybody. */
  @Override
  public void close() {
    enough.countDown();
    users.forEach(Thread::interrupt);
  }

  private void use(String name, boolean writes, Duration offset) {
    try (Guestbook guestbook = new Guestbook(host, port, plan.deadline())) {
      long due = System.nanoTime() + offset.toNanos();
      while (!enough.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        due = System.nanoTime() + plan.pace().toNanos();
        if (writes) {
          write(guestbook, name);
        } else {
          read(guestbook);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Guestbook guestbook, String author) {
    String text = ledger.nextText();
    Request request = Guestbook.write(author, text);
    long sentAt = System.nanoTime();
    attempt(
        guestbook,
        request,
        answer -> {
          if (answer.status() != 201) {
            throw new IOException("answered " + answer);
          }
          ledger.acknowledge(new Acknowledged(text, servedBy(answer), sentAt, System.nanoTime()));
        });
  }

  private void read(Guestbook guestbook) {
    attempt(
        guestbook,
        Guestbook.latest(),
        answer -> {
          if (answer.status() != 200) {
            throw new IOException("answered " + answer);
          }
          answer.as(Guestbook.Page.class);
        });
  }

  private static String servedBy(Answer answer) {
    return answer.header("X-Served-By").orElse("nobody");
  }

  private interface Expectation {
    void check(Answer answer) throws IOException;
  }

  private void attempt(Guestbook guestbook, Request request, Expectation expected) {
    Tally.Started started = tally.start(request.toString());
    try {
      Answer answer = guestbook.send(request);
      expected.check(answer);
      tally.succeeded(started, servedBy(answer));
    } catch (IOException | RuntimeException e) {
      tally.failed(started, e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }
}
