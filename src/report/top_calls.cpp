// A bounded heap of calls, the one to give way first on top.
#include "report/top_calls.hpp"

#include <algorithm>
#include <tuple>

namespace deadair::report {
namespace {

bool earlier(const Call& a, const Call& b) {
  return std::tie(a.ts_start_ns, a.number) < std::tie(b.ts_start_ns, b.number);
}

bool rather_shown(const Call& a, const Call& b) {
  const bool wrong = went_wrong(a.outcome);
  return wrong != went_wrong(b.outcome) ? wrong : earlier(a, b);
}

bool heap_order(const OwnedCall& a, const OwnedCall& b) { return rather_shown(a.call(), b.call()); }

}  // namespace

OwnedCall::OwnedCall(const Call& call)
    : call_(call),
      flows_(call.flows.size()),
      text_(call.app.size() + call.reason.size()),
      relays_(call.relays.begin(), call.relays.end()),
      peers_(call.peers.begin(), call.peers.end()),
      stretches_(call.stretches.begin(), call.stretches.end()) {
  char* at = text_.data();
  for (std::string_view* text : {&call_.app, &call_.reason}) {
    char* const begin = at;
    at = std::copy(text->begin(), text->end(), at);
    *text = {begin, text->size()};
  }
  call_.flows = {};
  call_.relays = relays_;
  call_.peers = peers_;
  call_.stretches = stretches_;
}

bool went_wrong(CallOutcome outcome) {
  return outcome == CallOutcome::setup_failed || outcome == CallOutcome::one_way ||
         outcome == CallOutcome::cut || outcome == CallOutcome::degraded;
}

void TopCalls::add(const Call& call) {
  ++counts_[static_cast<std::size_t>(call.outcome)];
  if (heap_.size() == limit_) {
    if (limit_ == 0 || !rather_shown(call, heap_.front().call())) return;
    std::pop_heap(heap_.begin(), heap_.end(), heap_order);
    heap_.pop_back();
  }
  heap_.emplace_back(call);
  std::push_heap(heap_.begin(), heap_.end(), heap_order);
}

std::vector<const OwnedCall*> TopCalls::in_order(std::size_t most) const {
  std::vector<const OwnedCall*> calls;
  calls.reserve(heap_.size());
  for (const OwnedCall& owned : heap_) calls.push_back(&owned);
  if (calls.size() > most) {
    std::sort(calls.begin(), calls.end(),
              [](const OwnedCall* a, const OwnedCall* b) { return heap_order(*a, *b); });
    calls.resize(most);
  }
  std::sort(calls.begin(), calls.end(),
            [](const OwnedCall* a, const OwnedCall* b) { return earlier(a->call(), b->call()); });
  return calls;
}

}  // namespace deadair::report
