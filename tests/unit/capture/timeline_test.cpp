// Many inputs as one timeline: order, merging, filters, limits, and what cannot be read.
#include "capture/timeline.hpp"

#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes/error.hpp"
#include "capture_bytes.hpp"
#include "catch.hpp"
#include "packing.hpp"
#include "unit/temp_dir.hpp"

using namespace deadair;
using namespace deadair::capture;
using namespace deadair::capture::test;
using deadair::test::TempDir;

namespace {

// "a1 a2 b1": the mark of each packet and its frame number.
std::string marks(const std::vector<Copied>& packets) {
  std::string text;
  for (const Copied& packet : packets)
    text += (text.empty() ? "" : " ") + packet.bytes + std::to_string(packet.number);
  return text;
}

std::string error_of(const std::vector<std::string>& paths, const ReadOptions& options = {}) {
  try {
    open_files(paths, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "opened";
}

}  // namespace

TEST_CASE("timeline: rotated files come in the order of time, not of names") {
  const TempDir dir;
  const std::vector<std::string> paths = {dir.file("1", pcap_at({30, 40}, 'c')),
                                          dir.file("2", gzip(pcap_at({10, 19}, 'a'))),
                                          dir.file("3", pcap_at({20, 29}, 'b'))};
  const auto source = open_files(paths, {});
  const auto packets = drain(*source);
  CHECK(marks(packets) == "a1 a2 b1 b2 c1 c2");
  CHECK(packets[4].input == 2);
  CHECK(source->ended());
  REQUIRE(source->inputs().size() == 3);
  CHECK(source->inputs()[0].name == paths[1]);
  CHECK(source->inputs()[2].name == paths[0]);
  CHECK(source->inputs()[0].packets == 2);
  CHECK(source->inputs()[0].bytes == 2);
  CHECK(source->inputs()[0].ts_first_ns == 10'000'000'000);
  CHECK(source->inputs()[0].ts_last_ns == 19'000'000'000);
  CHECK(source->inputs()[0].link_types == std::vector<wire::LinkType>{1});
  CHECK(source->bytes_read() == source->bytes_total());
}

TEST_CASE("timeline: overlapping files are merged, equal times in the user's order") {
  const TempDir dir;
  const std::size_t batch = GENERATE(1U, 2U, 3U, 64U);
  const std::vector<std::string> paths = {dir.file("x", pcap_at({10, 20, 30, 40}, 'a')),
                                          dir.file("y", pcap_at({10, 20, 25}, 'b')),
                                          dir.file("z", pcap_at({29, 50}, 'c'))};
  const auto source = open_files(paths, {});
  CHECK(marks(drain(*source, batch)) == "a1 b1 a2 b2 b3 c1 a3 a4 c2");
}

TEST_CASE("timeline: a clock that steps back does not change the order of a file") {
  const TempDir dir;
  const std::vector<std::string> paths = {dir.file("x", pcap_at({10, 50, 5, 60}, 'a')),
                                          dir.file("y", pcap_at({20, 55}, 'b'))};
  const auto source = open_files(paths, {});
  CHECK(marks(drain(*source)) == "a1 b1 a2 a3 b2 a4");
  CHECK(source->inputs()[0].ts_first_ns == 5'000'000'000);
}

TEST_CASE("timeline: merging agrees with a stable sort over long files") {
  const TempDir dir;
  std::vector<std::string> paths;
  for (unsigned i = 0; i < 20; ++i) {
    std::vector<std::uint32_t> times;
    for (unsigned k = 0; k < 700; ++k) times.push_back(i * 100 + k * (1 + i % 3));
    paths.push_back(dir.file(std::to_string(100 + i), pcap_at(times, static_cast<char>('a' + i))));
  }
  const auto source = open_files(paths, {});
  const auto packets = drain(*source, 50);
  REQUIRE(packets.size() == 20 * 700);
  for (std::size_t i = 1; i < packets.size(); ++i)
    REQUIRE(std::tuple(packets[i - 1].ts_ns, packets[i - 1].input, packets[i - 1].number) <
            std::tuple(packets[i].ts_ns, packets[i].input, packets[i].number));
}

TEST_CASE("timeline: thousands of files need few descriptors") {
  const TempDir dir;
  for (unsigned i = 0; i < 2000; ++i)
    static_cast<void>(dir.file(std::to_string(i) + ".pcap", pcap_at({i, i + 1})));
  rlimit old{};
  getrlimit(RLIMIT_NOFILE, &old);
  const rlimit few{48, old.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  const auto source = open_files({dir.path()}, {});
  const auto packets = drain(*source, 64);
  setrlimit(RLIMIT_NOFILE, &old);
  CHECK(packets.size() == 4000);
  CHECK(source->inputs().size() == 2000);
  CHECK(std::is_sorted(packets.begin(), packets.end(),
                       [](const auto& a, const auto& b) { return a.ts_ns < b.ts_ns; }));
}

TEST_CASE("timeline: more overlapping files than may be open are read late, and say so") {
  const TempDir dir;
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < Timeline::kMostOpen + 2; ++i)
    paths.push_back(dir.file(std::to_string(i), pcap_at({10, 20})));
  const auto source = open_files(paths, {});
  CHECK(drain(*source, 64).size() == 2 * paths.size());
  CHECK(source->inputs()[Timeline::kMostOpen - 1].problem.empty());
  CHECK(source->inputs()[Timeline::kMostOpen].problem.find("come late") != std::string::npos);
}

TEST_CASE("timeline: directories are searched to the bottom, other files are counted") {
  const TempDir dir;
  static_cast<void>(dir.file("d/deep/er/b.pcap", pcap_at({20}, 'b')));
  static_cast<void>(dir.file("d/a.anything", pcap_at({10}, 'a')));
  static_cast<void>(dir.file("d/notes.txt", "nothing to see"));
  static_cast<void>(dir.file("d/empty.pcap", ""));
  mkfifo((dir.path() + "/d/pipe").c_str(), 0600);
  const auto source = open_files({dir.path() + "/d"}, {});
  CHECK(marks(drain(*source)) == "a1 b1");
  CHECK(source->skipped_files() == 3);
  CHECK(source->inputs().size() == 2);
}

TEST_CASE("timeline: captures without packets are inputs, the last ones") {
  const TempDir dir;
  const std::string empty = dir.file("0", pcap_header());
  const auto source = open_files({empty, dir.file("1", pcap_at({1}))}, {});
  CHECK(drain(*source).size() == 1);
  REQUIRE(source->inputs().size() == 2);
  CHECK(source->inputs()[1].name == empty);
  CHECK(source->inputs()[1].packets == 0);
  CHECK(source->inputs()[1].problem.empty());
  CHECK_FALSE(source->inputs()[1].unreadable);

  const auto alone = open_files({empty}, {});
  CHECK(drain(*alone).empty());
  CHECK(alone->inputs().size() == 1);
}

TEST_CASE("timeline: when something can be read the rest is told with the inputs") {
  const TempDir dir;
  const std::string text = dir.file("notes.txt", "Dear diary");
  const std::string gone = dir.path() + "/gone.pcap";
  const std::string cut = dir.file("cut.pcap", pcap_at({1, 2}).substr(0, 50));
  const auto source = open_files({text, gone, cut}, {});
  CHECK(drain(*source).size() == 1);
  REQUIRE(source->inputs().size() == 3);
  CHECK(source->inputs()[0].truncated);
  CHECK_FALSE(source->inputs()[0].unreadable);
  CHECK(source->inputs()[0].problem == cut + ": cut in mid-packet after frame 1");
  CHECK(source->inputs()[1].unreadable);
  CHECK(source->inputs()[1].problem.find(text + ": not a pcap") == 0);
  CHECK(source->inputs()[2].unreadable);
  CHECK(source->inputs()[2].problem == gone + ": cannot be opened: No such file or directory");
}

TEST_CASE("timeline: nothing readable is an error in one line") {
  const TempDir dir;
  const std::string text = dir.file("a/notes.txt", "Dear diary");
  CHECK(error_of({text}).find(text + ": not a pcap") == 0);
  CHECK(error_of({dir.path() + "/gone"}).find("No such file") != std::string::npos);
  CHECK(error_of({dir.path() + "/a"}).find("a directory without capture files") !=
        std::string::npos);
  CHECK(error_of({text, text}).find("nor could the 1 other") != std::string::npos);
  CHECK(error_of({dir.file("zero", "")}).find("empty") != std::string::npos);
  CHECK(error_of({}).find("no input") == 0);
  CHECK(error_of({dir.file("ok", pcap_at({1}))}, {"udp prot 1", {}}).find("filter") == 0);
}

TEST_CASE("timeline: a filtered packet keeps its frame number and is not counted") {
  const TempDir dir;
  const std::string file = pcap_header() + pcap_record(1, 0, "aaa") + pcap_record(2, 0, "b") +
                           pcap_record(3, 0, "ccc") + pcap_record(4, 0, "d");
  const auto source = open_files({dir.file("f", file)}, {"greater 2", {}});
  CHECK(marks(drain(*source, 1)) == "aaa1 ccc3");
  CHECK(source->inputs()[0].packets == 2);
  CHECK(source->inputs()[0].ts_last_ns == 3'000'000'000);
}

TEST_CASE("timeline: the packet limit counts over all inputs") {
  const TempDir dir;
  const std::vector<std::string> paths = {dir.file("a", pcap_at({1, 2}, 'a')),
                                          dir.file("b", pcap_at({3, 4}, 'b')),
                                          dir.file("c", pcap_at({5, 6}, 'c'))};
  const auto source = open_files(paths, {"", 3});
  CHECK(marks(drain(*source, 2)) == "a1 a2 b1");
  CHECK(source->ended());
  REQUIRE(source->inputs().size() == 2);
  CHECK(source->inputs()[1].packets == 1);
}

TEST_CASE("timeline: a pipe takes its place among files") {
  const TempDir dir;
  const std::string pipe = dir.path() + "/pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << pcap_at({15, 35}, 'p'); });
  const auto source =
      open_files({pipe, dir.file("a", pcap_at({10, 20, 30}, 'a'))}, {"greater 1", {}});
  writer.join();
  const auto packets = drain(*source);
  CHECK(marks(packets) == "a1 p1 a2 a3 p2");
  CHECK(packets[1].input == 1);
  CHECK(source->bytes_total() == 0);
}

TEST_CASE("timeline: a request to stop ends the wait for a silent pipe") {
  const TempDir dir;
  const std::string pipe = dir.path() + "/pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const int keep_open = open(pipe.c_str(), O_RDWR);
  const std::string head = pcap_at({1, 2}).substr(0, 50);
  REQUIRE(write(keep_open, head.data(), head.size()) == static_cast<ssize_t>(head.size()));
  const auto source = open_files({pipe}, {});
  std::thread stopper([&] { source->request_stop(); });
  drain(*source);
  stopper.join();
  CHECK(source->ended());
  CHECK_FALSE(source->inputs()[0].truncated);
  close(keep_open);
}

TEST_CASE("timeline: a file that vanishes before its turn is told") {
  const TempDir dir;
  const std::string later = dir.file("b", pcap_at({20}, 'b'));
  const auto source = open_files({dir.file("a", pcap_at({10}, 'a')), later}, {});
  std::filesystem::remove(later);
  CHECK(marks(drain(*source)) == "a1");
  CHECK(source->inputs().at(1).unreadable);
}
