// Runs a fuzz target over every file of a corpus folder and over simple deterministic mutations of
// each, so that the ordinary test run needs no libFuzzer.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutationsPerSeed = 64;

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void replay(const std::vector<std::uint8_t>& seed) {
  LLVMFuzzerTestOneInput(seed.data(), seed.size());
  std::mt19937 random(static_cast<unsigned>(seed.size()));
  for (int i = 0; i < kMutationsPerSeed && !seed.empty(); ++i) {
    // A fresh allocation of the exact size lets AddressSanitizer see one byte too far.
    std::vector<std::uint8_t> bytes(
        seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(1 + random() % seed.size()));
    bytes.shrink_to_fit();
    for (int flips = i % 4; flips > 0; --flips)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
}

}  // namespace

int main(int argc, char** argv) {
  int files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      replay(read_file(entry.path()));
      ++files;
    }
  }
  std::printf("replayed %d inputs\n", files);
  return files > 0 ? 0 : 1;
}
