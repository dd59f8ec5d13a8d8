/** What {@code ./salvus bench} runs: JMH microbenchmarks and workloads on directories. */
@NullMarked
package org.salvusfs.benchmarks;

import org.jspecify.annotations.NullMarked;
