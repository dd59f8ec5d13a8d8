package org.salvusfs.daemon.crew;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One job of many tasks, done by the thread that waits for it and by as many workers as are free.
 * Tasks may add tasks and never wait for each other, so it ends whatever the executor does, even
 * when that runs nothing. What tasks wrote is visible after {@link #finish}.
 */
public final class Crew {
  /** A step of the job. */
  public interface Task {
    void run() throws IOException;
  }

  private final Executor workers;
  private final int helpersMax;
  private final Deque<Task> queue = new ArrayDeque<>();
  private int urgent;
  private int helpers;
  private int running;
  private @Nullable Throwable failure;

  /**
   * @param helpersMax how many tasks may run on {@code workers} at once
   */
  public Crew(Executor workers, int helpersMax) {
    this.workers = workers;
    this.helpersMax = helpersMax;
  }

  /** Adds a task. */
  public void add(Task task) {
    synchronized (this) {
      queue.addLast(task);
      notifyAll();
    }
    callHelper();
  }

  /**
   * Has a task of a running task, which holds memory, done before all others; runs it at once when
   * many such wait, so that what they hold is bounded.
   */
  public void addUrgent(Task task) throws IOException {
    boolean queued;
    synchronized (this) {
      queued = urgent < helpersMax;
      if (queued) {
        urgent++;
        queue.addFirst(
            () -> {
              synchronized (this) {
                urgent--;
              }
              task.run();
            });
        notifyAll();
      }
    }
    if (queued) {
      callHelper();
    } else {
      task.run();
    }
  }

  /**
   * Returns when all tasks are done; after a failure those that have not begun are left out.
   *
   * @throws IOException the first that a task threw
   * @throws InterruptedIOException if the thread was interrupted while it waited for the others
   */
  public void finish() throws IOException {
    boolean interrupted = false;
    while (true) {
      work();
      synchronized (this) {
        if (!queue.isEmpty()) {
          continue;
        }
        if (running == 0) {
          break;
        }
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
          fail(new InterruptedIOException("interrupted while workers were busy"));
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      switch (failure) {
        case null -> {}
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError(failure);
      }
    }
  }

  private void callHelper() {
    synchronized (this) {
      if (helpers == helpersMax) {
        return;
      }
      helpers++;
    }
    try {
      workers.execute(
          () -> {
            try {
              work();
            } finally {
              helperLeft();
            }
          });
    } catch (RejectedExecutionException shuttingDown) {
      helperLeft(); // the waiting thread does it all
    }
  }

  private synchronized void helperLeft() {
    helpers--;
  }

  private void work() {
    for (Task task = take(); task != null; task = take()) {
      try {
        task.run();
      } catch (IOException | RuntimeException | Error e) {
        fail(e);
      } finally {
        done();
      }
    }
  }

  private synchronized @Nullable Task take() {
    Task task = queue.pollFirst();
    if (task != null) {
      running++;
    }
    return task;
  }

  private synchronized void done() {
    running--;
    notifyAll();
  }

  private synchronized void fail(Throwable e) {
    queue.clear();
    if (failure == null) {
      failure = e;
    } else if (!failure.equals(e)) {
      failure.addSuppressed(e);
    }
  }
}
