import type { AddRoute } from '../app.ts';
import { addAuditList } from './audit-list.ts';
import { addChargeCreate } from './charge-create.ts';
import { addChargeList } from './charge-list.ts';
import { addChargePay } from './charge-pay.ts';
import { addChargeShow } from './charge-show.ts';
import { addBreakerClose } from './breaker-close.ts';
import { addCheckoutCode } from './checkout-code.ts';
import { addCheckoutCreate } from './checkout-create.ts';
import { addCheckoutShow } from './checkout-show.ts';
import { addDiagnostics } from './diagnostics.ts';
import { addDocument } from './document.ts';
import { addEngineStart } from './engine-start.ts';
import { addEngineStop } from './engine-stop.ts';
import { addEvents } from './events.ts';
import { addExceptionFix } from './exception-fix.ts';
import { addExceptionList } from './exception-list.ts';
import { addExceptionShow } from './exception-show.ts';
import { addExceptionUndo } from './exception-undo.ts';
import { addHistory } from './history.ts';
import { addHealth } from './health.ts';
import { addLogin } from './login.ts';
import { addLogout } from './logout.ts';
import { addPayeeAdd } from './payee-add.ts';
import { addPayeeConfirm } from './payee-confirm.ts';
import { addPayeeList } from './payee-list.ts';
import { addPayeeTest } from './payee-test.ts';
import { addPaymentExport } from './payment-export.ts';
import { addPaymentList } from './payment-list.ts';
import { addPaymentShow } from './payment-show.ts';
import { addProof } from './proof.ts';
import { addReconciliation } from './reconciliation.ts';
import { addReceiptCheck } from './receipt-check.ts';
import { addReset } from './reset.ts';
import { addSessionList } from './session-list.ts';
import { addSessionRevoke } from './session-revoke.ts';
import { addSessionRevokeOthers } from './session-revoke-others.ts';
import { addStatementCommit } from './statement-commit.ts';
import { addStatementList } from './statement-list.ts';
import { addStatementPreview } from './statement-preview.ts';
import { addStatus } from './status.ts';
import { addSystem } from './system.ts';
import { addStreamList } from './stream-list.ts';
import { addTargetSet } from './target-set.ts';
import { addTopUpCreate } from './top-up-create.ts';
import { addTransferCancel } from './transfer-cancel.ts';
import { addTransferCreate } from './transfer-create.ts';
import { addTransferList } from './transfer-list.ts';
import { addTransferPreview } from './transfer-preview.ts';
import { addTransferSettle } from './transfer-settle.ts';
import { addTransferShow } from './transfer-show.ts';
import { addVerify } from './verify.ts';
import { addWeatherShow } from './weather-show.ts';

/** All but the providers' callbacks, which are read as raw bytes. */
export const routes: readonly AddRoute[] = [
  addStatus,
  addHistory,
  addStreamList,
  addEngineStart,
  addEngineStop,
  addTargetSet,
  addReset,
  addTransferCreate,
  addTransferList,
  addTransferShow,
  addTransferPreview,
  addTransferSettle,
  addTransferCancel,
  addTopUpCreate,
  addPayeeList,
  addPayeeAdd,
  addPayeeTest,
  addPayeeConfirm,
  addPaymentList,
  addPaymentExport,
  addPaymentShow,
  addLogin,
  addVerify,
  addLogout,
  addSessionList,
  addSessionRevoke,
  addSessionRevokeOthers,
  addChargeCreate,
  addChargeList,
  addChargeShow,
  addChargePay,
  addReceiptCheck,
  addCheckoutCreate,
  addCheckoutShow,
  addCheckoutCode,
  addExceptionList,
  addExceptionShow,
  addExceptionFix,
  addExceptionUndo,
  addProof,
  addWeatherShow,
  addBreakerClose,
  addStatementPreview,
  addStatementCommit,
  addStatementList,
  addReconciliation,
  addAuditList,
  addHealth,
  addSystem,
  addDiagnostics,
  addEvents,
  addDocument,
];
