// SPDX-License-Identifier: Apache-2.0
// Whom to ask, and what works at what the person sits at.
import { t } from '../i18n';
import { device } from '../agent/device';
import { callPhone } from '../kit/format';
import { Notice } from '../kit/notice';
import type { Form } from './api';

export function DeviceNotice() {
	const d = device();
	return d === 'computer' ? null : (
		<Notice tone="need"><p>{t(d === 'phone' ? 'device.phone'
			: 'device.windows')}</p></Notice>
	);
}

// «Нашли ошибку? Обратитесь в ваш сервисный центр по телефону: …»
export function Support({ form, ask }: { form: Form; ask?: string }) {
	const { phone, manager, hours } = form.support;
	return (
		<div class="text">
			<h2>{ask ?? t('data.wrong')}</h2>
			{phone === '' ? <p>{t('data.support_none')}</p>
				: <p>{t('data.support')}{' '}
					<a class="numbers" href={`tel:${phone}`}>{callPhone(phone)}</a></p>}
			{manager !== '' && <p>{t('data.manager', manager)}</p>}
			{hours !== '' && <p>{t('data.hours', hours)}</p>}
		</div>
	);
}
