import Kernel
import Model

/// Amazon EventBridge Pipes.
public enum Pipes {
    public static let service = Service(
        model: .pipes,
        operations: [
            .write("CreatePipe", createPipe),
            .write("DeletePipe", deletePipe),
            .read("DescribePipe", describePipe),
            .read("ListPipes", listPipes),
            .read("ListTagsForResource", listTagsForResource),
            .write("StartPipe", startPipe),
            .write("StopPipe", stopPipe),
            .write("TagResource", tagResource),
            .write("UntagResource", untagResource),
            .write("UpdatePipe", updatePipe),
        ],
        jobRunners: [PipeTransition.jobKind: PipeTransition.run, Polling.jobKind: Polling.run],
        deliveryOwner: DeliveryOwner(
            item: PipeDelivery.item,
            deadLetter: { delivery, _, content, context in
                try PipeDelivery.item(delivery, content, context)
            }, sourceARN: { $0.origin }, judge: PipeDelivery.judge, prepare: PipeDelivery.prepare,
            shownRequest: PipeDelivery.shownRequest, perform: PipeDelivery.perform,
            drop: "left in the source queue, where it becomes visible again", ended: Execution.ended,
            beginning: PipeDelivery.beginning, explain: PipeDelivery.explain),
        check: InputCheck.check)
}
