/**
 * What was measured, and how it is shown: as text, as JSON, as a Markdown table inside a document
 * and as an SVG chart. Everything is a value made of medians; nothing here measures.
 */
@NullMarked
package org.salvusfs.benchmarks.report;

import org.jspecify.annotations.NullMarked;
