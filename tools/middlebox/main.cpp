// deadair-middlebox: forwards between two interfaces of a lab and interferes as its config says.
#include <exception>
#include <iostream>

#include "bridge.hpp"
#include "bytes/error.hpp"
#include "safety.hpp"

namespace {

constexpr int kFailure = 2;

int run(int argc, char** argv) {
  using namespace deadair::middlebox;
  const Options options = parse_options(argc, argv);
  if (options.help) {
    std::cout << usage();
    return 0;
  }
  require_lab_namespace();
  require_lab_interface(options.left);
  require_lab_interface(options.right);
  run_bridge(options);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "deadair-middlebox: " << error.what() << '\n';
    return kFailure;
  }
}
