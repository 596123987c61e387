// Runs the engine between two interfaces until a signal ends it.
#include "bridge.hpp"

#include <array>
#include <csignal>
#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "port.hpp"
#include "recorder.hpp"
#include "truth.hpp"

namespace deadair::middlebox {
namespace {

std::int64_t clock_ns(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return time.tv_sec * kSecondNs + time.tv_nsec;
}

// A descriptor that becomes readable when the process is asked to end. Also ends it with its
// parent, so that no lab that was killed leaves a middlebox behind.
FileDescriptor ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  return FileDescriptor(::signalfd(-1, &signals, SFD_CLOEXEC));
}

class Bridge {
 public:
  explicit Bridge(const Options& options)
      : signals_(ending_signals()),
        left_(options.left),
        right_(options.right),
        truth_file_(options.truth),
        start_ns_(clock_ns(CLOCK_MONOTONIC)),
        start_unix_ns_(clock_ns(CLOCK_REALTIME)),
        truth_(truth_file_, start_unix_ns_),
        engine_(
            read_config_file(options.config, options.seed),
            [this](const FlowState& flow) { truth_.write(engine_.rules(), flow); }, tap(options)) {
    if (!truth_file_) throw Error("cannot write the truth to " + options.truth);
  }

  void run() {
    ::prctl(PR_SET_TIMERSLACK, 1);  // nanosecond: delays are to be what they say
    std::cout << "ready" << std::endl;
    while (!wait()) {
      take_in(left_, Way::up);
      take_in(right_, Way::down);
      engine_.run(now_ns(), [this](const Departure& departure) {
        (departure.way == Way::up ? right_ : left_).send(departure.frame);
      });
    }
    engine_.finish();
    report();
  }

 private:
  [[nodiscard]] std::int64_t now_ns() const { return clock_ns(CLOCK_MONOTONIC) - start_ns_; }

  // Until a frame comes, something is due, or the end is asked for (true).
  bool wait() {
    std::array<pollfd, 3> polled = {pollfd{left_.fd(), POLLIN, 0}, pollfd{right_.fd(), POLLIN, 0},
                                    pollfd{signals_.get(), POLLIN, 0}};
    timespec timeout{};
    const std::int64_t next_ns = engine_.next_ns();
    if (next_ns >= 0) {
      const std::int64_t left_ns = std::max<std::int64_t>(next_ns - now_ns(), 0);
      timeout = {left_ns / kSecondNs, left_ns % kSecondNs};
    }
    ::ppoll(polled.data(), polled.size(), next_ns >= 0 ? &timeout : nullptr, nullptr);
    return polled[2].revents != 0;
  }

  void take_in(Port& port, Way way) {
    // A flood on one side must not keep the other from its turn.
    constexpr int kMostBatches = 8;
    const auto take = [&](Frame frame) { engine_.arrive(std::move(frame), way, now_ns()); };
    for (int batch = 0; batch < kMostBatches && port.receive(take); ++batch) {
    }
  }

  Tap tap(const Options& options) {
    if (!options.record.empty()) client_side_ = std::make_unique<Recorder>(options.record);
    if (!options.record_server.empty())
      server_side_ = std::make_unique<Recorder>(options.record_server);
    if (!client_side_ && !server_side_) return {};
    return [this](bool client_side, const Frame& frame, std::int64_t at_ns) {
      auto& recorder = client_side ? client_side_ : server_side_;
      if (recorder) recorder->write(frame, start_unix_ns_ + at_ns);
    };
  }

  // The truth is not whole when frames were lost here without a rule.
  void report() const {
    const std::uint64_t lost =
        left_.missed() + right_.missed() + left_.failed() + right_.failed() + engine_.overflowed();
    if (lost > 0)
      std::cerr << "deadair-middlebox: " << lost << " frames were lost for want of time or room\n";
  }

  FileDescriptor signals_;
  Port left_, right_;
  std::ofstream truth_file_;
  std::int64_t start_ns_;
  std::int64_t start_unix_ns_;
  Truth truth_;
  std::unique_ptr<Recorder> client_side_, server_side_;  // may be absent
  Engine engine_;
};

}  // namespace

void run_bridge(const Options& options) { Bridge(options).run(); }

}  // namespace deadair::middlebox
