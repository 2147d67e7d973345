#include "node/system/metrics.hpp"

#include <gtest/gtest.h>

namespace hanse::node {
namespace {

TEST(MetricWriter, GroupsSamplesByNameAndEscapesLabels) {
  MetricWriter writer;
  writer.counter("b_total", "Bees.", 2, {{"hive", "a\"b\\c\n"}});
  writer.gauge("a", "An a.", 1.5);
  writer.counter("b_total", "Bees.", 3, {{"hive", "d"}});

  EXPECT_EQ(
      writer.text(),
      "# HELP a An a.\n# TYPE a gauge\na 1.5\n"
      "# HELP b_total Bees.\n# TYPE b_total counter\nb_total{hive=\"a\\\"b\\\\c\\n\"} 2\nb_total{hive=\"d\"} 3\n");
}

TEST(MetricWriter, TellsOfThisProcess) {
  MetricWriter writer;
  write_process_metrics(writer);

  EXPECT_NE(writer.text().find("process_resident_memory_bytes"), std::string::npos);
  EXPECT_GT(resident_bytes(), 1e6);
}

}  // namespace
}  // namespace hanse::node
