// Quantiles of payload sizes.
#include "flow/size_histogram.hpp"

#include "catch.hpp"

using deadair::flow::SizeHistogram;

TEST_CASE("An empty histogram has no sizes") {
  const SizeHistogram histogram;
  CHECK(histogram.total() == 0);
  CHECK(histogram.quantile(50) == 0);
}

TEST_CASE("Quantiles lie in the bucket of the packet in question") {
  SizeHistogram histogram;
  for (int i = 0; i < 80; ++i) histogram.add(100);
  for (int i = 0; i < 20; ++i) histogram.add(1100);
  CHECK(histogram.total() == 100);
  CHECK(histogram.quantile(50) >= 96);
  CHECK(histogram.quantile(50) <= 128);
  CHECK(histogram.quantile(80) <= 128);
  CHECK(histogram.quantile(81) >= 1024);
  CHECK(histogram.quantile(100) <= 1536);
}

TEST_CASE("A border belongs to the bucket above it") {
  SizeHistogram below;
  below.add(383);
  SizeHistogram at;
  at.add(384);
  CHECK(below.quantile(100) <= 384);
  CHECK(at.quantile(1) > 384);
  SizeHistogram huge;
  huge.add(65535);
  CHECK(huge.quantile(1) > 1024);
  SizeHistogram nothing;
  nothing.add(0);
  CHECK(nothing.quantile(100) <= 64);
}

TEST_CASE("Sums that do not fit are halved and keep their quantiles") {
  SizeHistogram window;
  for (int i = 0; i < 45000; ++i) window.add(200);
  for (int i = 0; i < 15000; ++i) window.add(900);
  SizeHistogram all;
  for (int i = 0; i < 10; ++i) all.fold(window);
  CHECK(all.total() > 30000);
  CHECK(all.total() < 131072);
  CHECK(all.quantile(50) <= 256);
  CHECK(all.quantile(90) >= 768);
}
