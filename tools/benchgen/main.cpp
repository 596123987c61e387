// Writes one of the captures that tools/bench measures with, and says on standard output what is in
// it.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "recipes.hpp"

namespace {

using namespace deadair::bench;

constexpr const char* kUsage =
    "usage: deadair_benchgen voip FILE CALLS SECONDS | many FILE FLOWS | bulk FILE MEGABYTES |\n"
    "       conc FILE FLOWS PACKETS | mix FILE PACKETS FOLDER... | empty FILE\n";

std::uint32_t number(const std::vector<std::string>& words, std::size_t index) {
  return static_cast<std::uint32_t>(std::stoul(words.at(index)));
}

std::uint64_t write_recipe(const std::vector<std::string>& words, PcapWriter& writer) {
  const std::string& recipe = words[0];
  if (recipe == "voip") return write_voip(writer, number(words, 2), number(words, 3));
  if (recipe == "many") return write_many(writer, number(words, 2));
  if (recipe == "bulk") return write_bulk(writer, number(words, 2));
  if (recipe == "conc") return write_conc(writer, number(words, 2), number(words, 3));
  if (recipe == "mix") return write_mix(writer, number(words, 2), {words.begin() + 3, words.end()});
  if (recipe == "empty") return 0;
  throw std::runtime_error("no recipe is called " + recipe);
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() < 2) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  try {
    PcapWriter writer(words[1]);
    const std::uint64_t flows = write_recipe(words, writer);
    writer.close();
    std::printf("packets=%llu flows=%llu\n", static_cast<unsigned long long>(writer.packets()),
                static_cast<unsigned long long>(flows));
  } catch (const std::out_of_range&) {
    std::fputs(kUsage, stderr);
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "deadair_benchgen: %s\n", error.what());
    return 2;
  }
  return 0;
}
